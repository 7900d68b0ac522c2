//! What Python files share: names, numbers and the shape of a call.

use std::collections::HashSet;

use super::plan::Plan;

/// Words that are no names in Python (`keyword.kwlist`), and what the written files call something else.
const TAKEN: &str = "False None True and as assert async await break class continue def del elif else except finally for \
    from global if import in is lambda nonlocal not or pass raise return try while with yield match case \
    F float input layers math network nn params print self sum torch x build keras";

/// Names that every module of PyTorch has already (`torch/nn/modules/module.py`).
const OF_MODULES: &str = "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double \
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict \
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook \
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook register_module \
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_parameter \
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory \
    state_dict to to_empty train training type xpu zero_grad";

/// What inputs and layers are called in a Python file.
pub(super) struct Names {
    pub inputs: Vec<String>,
    pub layers: Vec<String>,
    taken: HashSet<String>,
}

impl Names {
    /// The ledger's names as Python takes them, each once.
    pub fn of(plan: &Plan) -> Names {
        let mut taken: HashSet<String> =
            TAKEN.split_whitespace().chain(OF_MODULES.split_whitespace()).map(str::to_owned).collect();
        let mut free = |name: &str| {
            let mut name = identifier(name);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        };
        // `input` is a function of Python's own.
        let plural = |name| if name == "input" { "inputs" } else { name };
        let inputs = plan.inputs.iter().map(|input| free(plural(input.name))).collect();
        let layers = plan.steps.iter().map(|step| free(step.name)).collect();
        Names { inputs, layers, taken }
    }
}

impl Names {
    /// A name for something beside the layers, which none of them has.
    pub fn beside(&self, name: &str, word: &str) -> String {
        let mut name = format!("{name}_{word}");
        while self.taken.contains(&name) {
            name.push('_');
        }
        name
    }
}

/// A name as a word of Python: what is no letter, digit or underscore becomes an underscore, and so does a double one that
/// would stand at the beginning.
fn identifier(name: &str) -> String {
    let word: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    match word.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => word,
        _ => format!("layer{word}"),
    }
}

/// A network's name as that of a class: `mobilenet_v2` is `MobilenetV2`.
pub(super) fn class(name: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let joined: String = identifier(name).split('_').map(capital).collect();
    if TAKEN.split_whitespace().any(|word| word == joined) { format!("{joined}Network") } else { joined }
}

/// A network's name inside a docstring: nothing that would end it.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || matches!(c, '"' | '\\') { '\'' } else { c }).collect()
}

/// A number an axis: one number where they are alike.
pub(super) fn each(all: &[i64]) -> String {
    match all {
        [first, rest @ ..] if rest.iter().all(|n| n == first) => first.to_string(),
        all => tuple(all),
    }
}

/// Numbers in parentheses.
pub(super) fn tuple(all: &[i64]) -> String {
    let all: Vec<String> = all.iter().map(i64::to_string).collect();
    if all.len() == 1 { format!("({},)", all[0]) } else { format!("({})", all.join(", ")) }
}
