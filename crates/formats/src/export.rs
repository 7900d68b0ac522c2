//! The formats that networks go out in, one file each: what was worked out, as a framework would have it.
//!
//! An export holds the same network or is refused: what a framework cannot express is a [`Fault`] that names the layer.
//! Where frameworks differ and the notation is silent (the order in which an image is flattened, what is added to a
//! variance), the network's own `rules` decide, and every export does as they say.

mod keras;
mod keras_json;
mod keras_layers;
mod keras_weights;
mod layout;
mod onnx;
mod plan;
mod python;
mod torch;
mod weights;

use workings::{Fault, Ledger};

use crate::Weights;
use plan::Plan;

/// A format to write: its name, the ending of its files, and its writer.
pub struct Export {
    /// As people ask for it.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The ending of its files, without the dot.
    pub extension: &'static str,
    /// Whether it is text, which a terminal can show.
    pub is_text: bool,
    /// The ending of a file of weights beside it; nothing where they stand in the file itself.
    pub weights_extension: Option<&'static str>,
    write: fn(&Plan, Option<&Weights>) -> Result<Vec<u8>, Fault>,
    /// The weights under the names and in the layout of what is written, for a file beside it.
    beside: fn(&Plan, &Weights) -> Result<Vec<u8>, Fault>,
}

/// Every format to write. A new one is a file, its `mod` line above and its line here, both in alphabetical order.
pub const EXPORTS: &[Export] = &[keras::EXPORT, keras_json::EXPORT, onnx::EXPORT, torch::EXPORT];

impl Export {
    /// A network in this format: the bytes of a file.
    ///
    /// The ledger must be one without findings. Weights, if given, must be those of the network: a tensor for each of its
    /// own, under the ledger's names (`conv1.weight`) and in PyTorch's layout.
    ///
    /// # Errors
    ///
    /// What the format cannot express, with the layer; a size that must be a number and is open; a tensor of the weights
    /// that is missing or has another shape.
    pub fn write(&self, ledger: &Ledger, weights: Option<&Weights>) -> Result<Vec<u8>, Fault> {
        let plan = Plan::of(ledger)?;
        if let Some(weights) = weights {
            weights.fit(&plan)?;
        }
        (self.write)(&plan, weights)
    }

    /// The weights for what [`Export::write`] gave, for a file beside it: under the names that it has for them, and in its
    /// framework's layout.
    ///
    /// # Errors
    ///
    /// As for [`Export::write`]; a format that has no weights beside it.
    pub fn weights(&self, ledger: &Ledger, weights: &Weights) -> Result<Vec<u8>, Fault> {
        let plan = Plan::of(ledger)?;
        weights.fit(&plan)?;
        (self.beside)(&plan, weights)
    }
}

/// The format for a file, by its ending and, where several have it, by the name of one.
///
/// # Errors
///
/// No such ending; an ending that several formats have, without a name; a name and an ending that do not go together.
pub fn by(file: Option<&str>, name: Option<&str>) -> Result<&'static Export, Fault> {
    let listed = |exports: &[&Export]| exports.iter().map(|e| format!("`{}`", e.name)).collect::<Vec<_>>().join(", ");
    let named = match name {
        None => None,
        Some(name) => Some(EXPORTS.iter().find(|export| export.name == name).ok_or_else(|| {
            Fault::new(format!("there is no export `{name}`"))
                .hint(format!("there are {}", listed(&EXPORTS.iter().collect::<Vec<_>>())))
        })?),
    };
    let Some(file) = file else {
        return named.ok_or_else(|| {
            Fault::new("nothing says which format to write")
                .hint("give a file with -o (`.onnx`, `.py`, `.json`), or a format with --to")
        });
    };
    let ending = file.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let ending = ending.unwrap_or_default().to_lowercase();
    let fitting: Vec<&'static Export> = EXPORTS.iter().filter(|export| export.extension == ending).collect();
    match (named, &fitting[..]) {
        (Some(named), fitting) if fitting.iter().any(|export| export.name == named.name) => Ok(named),
        (Some(named), _) => Err(Fault::new(format!("`{file}` does not end in `.{}`", named.extension))
            .hint(format!("--to {} writes a `.{}` file", named.name, named.extension))),
        (None, [only]) => Ok(only),
        (None, []) => Err(Fault::new(format!("`{file}` has no ending that says which format to write"))
            .hint("give it one of `.onnx` (ONNX), `.py` (with --to torch or --to keras) and `.json` (Keras)")),
        (None, several) => Err(Fault::new(format!("`.{ending}` may be {}", listed(several)))
            .hint(format!("say which with --to {}", several[0].name))),
    }
}
