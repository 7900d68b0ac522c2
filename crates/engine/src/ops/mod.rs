//! The operators that the engine runs, one (or a close family) a file.
//!
//! Each is built once, from its settings, into something that runs: its parameters are entered into the network's list, and
//! what comes back does the arithmetic. Sizes follow from the values that arrive, never from the ledger's answer, which
//! `verify` holds against them.

mod activation;
mod attention;
mod conv;
mod dense;
mod dropout;
mod embedding;
mod join;
mod norm;
mod pool;
mod prelu;
mod recurrent;
mod shape;
mod space;
mod transposed;
mod window;

use workings::Fault;

use crate::network::Pass;
use crate::params::Params;
use crate::site::Site;
use crate::values::Values;

pub(crate) use activation::Activation;
pub(crate) use conv::rectifies;
pub(crate) use window::Window;

/// A layer that is built: from its inputs to its output.
pub(crate) type Run = Box<dyn Fn(&[Values], &Pass<'_>) -> Result<Values, Fault>>;

/// Builds a layer from its settings and enters its parameters.
type Build = fn(&Site<'_>, &mut Params<'_>) -> Result<Run, Fault>;

/// Every operator that runs, in alphabetical order: its name in ledgers, and how it is built.
const BUILDERS: &[(&str, Build)] = &[
    ("activation", activation::build),
    ("add", join::add),
    ("attention", attention::build),
    ("batchnorm", norm::batch),
    ("concat", join::concat),
    ("conv", conv::build),
    ("crop", space::crop),
    ("dense", dense::build),
    ("dropout", dropout::build),
    ("embedding", embedding::build),
    ("flatten", shape::flatten),
    ("groupnorm", norm::group),
    ("gru", recurrent::gru),
    ("instancenorm", norm::instance),
    ("layernorm", norm::layer),
    ("lstm", recurrent::lstm),
    ("multiply", join::multiply),
    ("pool", pool::build),
    ("prelu", prelu::build),
    ("reshape", shape::reshape),
    ("rmsnorm", norm::root_mean_square),
    ("rnn", recurrent::plain),
    ("transposed", transposed::build),
    ("upsample", space::upsample),
    ("zeropad", space::zeropad),
];

/// Builds a layer. A fault, which names the layer and its operator, where the engine cannot do what it says.
pub(crate) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let Some(op) = site.layer.op else {
        return Err(site.fault("its line could not be read, so there is nothing to run"));
    };
    match BUILDERS.iter().find(|(name, _)| *name == op.name) {
        Some((_, build)) => build(site, params),
        None => Err(site.fault(format!("the engine does not run `{}` yet", op.name))),
    }
}

/// The numbers of a list as an array; a list of another length is filled with its last, as one number stands for every axis.
pub(crate) fn array<const N: usize, T: Copy + Default>(list: &[T]) -> [T; N] {
    std::array::from_fn(|at| list.get(at).or(list.last()).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::BUILDERS;

    /// An operator of the core may have no entry yet; running it is then a fault that names it.
    #[test]
    fn what_runs_is_in_the_core_and_in_alphabetical_order() {
        assert!(BUILDERS.windows(2).all(|two| two[0].0 < two[1].0));
        for (name, _) in BUILDERS {
            assert!(workings::ops::OPERATORS.iter().any(|op| op.name == *name), "{name}");
        }
    }
}
