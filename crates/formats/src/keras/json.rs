//! JSON into the values that the operators read.

use serde_json::Value as Json;
use workings::fault::Fault;
use workings::keras::Value;

/// Reads a text. How deep it may be nested has a limit, which the library holds.
pub(super) fn read(text: &[u8]) -> Result<Value, Fault> {
    let json: Json = serde_json::from_slice(text).map_err(|error| {
        Fault::new(format!("it is no JSON that can be read: {error}")).hint("is it cut off? save the model again")
    })?;
    // What Keras 2 kept in HDF5 could be a text within the text.
    match json {
        Json::String(inner) => serde_json::from_str(&inner)
            .map(value)
            .map_err(|error| Fault::new(format!("it is a text, and no JSON within it: {error}"))),
        json => Ok(value(json)),
    }
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(is) => Value::Bool(is),
        Json::Number(number) => match number.as_i64() {
            Some(n) => Value::Number(n),
            None => Value::Real(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text.into()),
        Json::Array(all) => Value::List(all.into_iter().map(value).collect()),
        Json::Object(all) => Value::Map(all.into_iter().map(|(key, one)| (key.into(), value(one))).collect()),
    }
}
