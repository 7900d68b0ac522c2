//! What every name means: one glossary for code, ledger, LaTeX and legend.

/// A name that a working uses.
#[derive(Debug)]
pub struct Term {
    /// As a rule writes it.
    pub name: &'static str,
    /// Its key in JSON: `output.height`.
    pub key: &'static str,
    /// In words.
    pub says: &'static str,
    /// What it is counted in.
    pub unit: &'static str,
    /// In LaTeX.
    pub latex: &'static str,
    /// The value at which it makes no difference, so that a plain working leaves it out.
    pub neutral: Option<i128>,
}

const fn term(
    name: &'static str,
    key: &'static str,
    says: &'static str,
    unit: &'static str,
    latex: &'static str,
) -> Term {
    Term { name, key, says, unit, latex, neutral: None }
}

const fn fades(term: Term, neutral: i128) -> Term {
    Term { neutral: Some(neutral), ..term }
}

/// Every name, in alphabetical order (capitals first).
pub const TERMS: &[Term] = &[
    term("C", "channels", "channels", "channels", "C"),
    term("C_i", "further.channels", "channels of a further input", "channels", "C_i"),
    term("C_in", "input.channels", "input channels", "channels", r"C_{\mathrm{in}}"),
    term("C_k", "keys.features", "features of the keys' input", "features", "C_k"),
    term("C_mid", "middle.channels", "channels between the two steps", "channels", r"C_{\mathrm{mid}}"),
    term("C_out", "output.channels", "output channels", "channels", r"C_{\mathrm{out}}"),
    term("C_v", "values.features", "features of the values' input", "features", "C_v"),
    fades(term("D", "dilation", "dilation", "positions", "D"), 1),
    fades(term("D_h", "dilation.height", "dilation down", "positions", "D_h"), 1),
    fades(term("D_w", "dilation.width", "dilation across", "positions", "D_w"), 1),
    fades(term("D_z", "dilation.depth", "dilation in depth", "positions", "D_z"), 1),
    fades(term("E", "extra", "added at the end of the output", "positions", "E"), 0),
    fades(term("E_h", "extra.height", "added below", "positions", "E_h"), 0),
    fades(term("E_w", "extra.width", "added on the right", "positions", "E_w"), 0),
    fades(term("E_z", "extra.depth", "added behind", "positions", "E_z"), 0),
    fades(term("G", "groups", "groups", "groups", "G"), 1),
    term("H", "input.height", "input height", "positions", "H"),
    term("H_i", "further.height", "height of a further input", "positions", "H_i"),
    term("H_out", "output.height", "output height", "positions", r"H_{\mathrm{out}}"),
    term("K", "kernel", "kernel size", "positions", "K"),
    term("K_eff", "kernel.reach", "how far the kernel reaches", "positions", r"K_{\mathrm{eff}}"),
    term("K_h", "kernel.height", "kernel height", "positions", "K_h"),
    term("K_w", "kernel.width", "kernel width", "positions", "K_w"),
    term("K_z", "kernel.depth", "kernel depth", "positions", "K_z"),
    term("L", "input.length", "input length", "positions", "L"),
    term("L_i", "further.length", "length of a further input", "positions", "L_i"),
    term("L_k", "keys.length", "length of the keys", "positions", "L_k"),
    term("L_out", "output.length", "output length", "positions", r"L_{\mathrm{out}}"),
    term("L_v", "values.length", "length of the values", "positions", "L_v"),
    fades(term("M", "multiplier", "kernels for each input channel", "kernels", "M"), 1),
    term("MACs", "macs", "multiply-adds", "MACs", r"\mathrm{MACs}"),
    fades(term("N", "batch", "batch size", "examples", "N"), 1),
    fades(term("N_i", "further.batch", "batch size of a further input", "examples", "N_i"), 1),
    fades(term("N_out", "output.batch", "output batch size", "examples", r"N_{\mathrm{out}}"), 1),
    term("O", "size.output", "size of the output", "positions", "O"),
    term("O_h", "size.output.height", "height of the output, as told", "positions", "O_h"),
    term("O_w", "size.output.width", "width of the output, as told", "positions", "O_w"),
    term("O_z", "size.output.depth", "depth of the output, as told", "positions", "O_z"),
    fades(term("P", "padding", "padding on each side", "positions", "P"), 0),
    fades(term("P_after", "padding.after", "padding after", "positions", r"P_{\mathrm{after}}"), 0),
    fades(term("P_back", "padding.back", "padding behind", "positions", r"P_{\mathrm{back}}"), 0),
    fades(term("P_before", "padding.before", "padding before", "positions", r"P_{\mathrm{before}}"), 0),
    fades(term("P_bottom", "padding.bottom", "padding below", "positions", r"P_{\mathrm{bottom}}"), 0),
    fades(term("P_front", "padding.front", "padding in front", "positions", r"P_{\mathrm{front}}"), 0),
    fades(term("P_h", "padding.height", "padding above and below", "positions", "P_h"), 0),
    fades(term("P_left", "padding.left", "padding on the left", "positions", r"P_{\mathrm{left}}"), 0),
    fades(term("P_right", "padding.right", "padding on the right", "positions", r"P_{\mathrm{right}}"), 0),
    fades(term("P_top", "padding.top", "padding above", "positions", r"P_{\mathrm{top}}"), 0),
    term("P_total", "padding.total", "padding on both sides together", "positions", r"P_{\mathrm{total}}"),
    fades(term("P_w", "padding.width", "padding left and right", "positions", "P_w"), 0),
    fades(term("P_z", "padding.depth", "padding in front and behind", "positions", "P_z"), 0),
    fades(term("S", "stride", "stride", "positions", "S"), 1),
    fades(term("S_h", "stride.height", "stride down", "positions", "S_h"), 1),
    fades(term("S_w", "stride.width", "stride across", "positions", "S_w"), 1),
    fades(term("S_z", "stride.depth", "stride in depth", "positions", "S_z"), 1),
    fades(term("U", "factor", "how often a position is repeated", "times", "U"), 1),
    fades(term("U_h", "factor.height", "how often a row is repeated", "times", "U_h"), 1),
    fades(term("U_w", "factor.width", "how often a column is repeated", "times", "U_w"), 1),
    fades(term("U_z", "factor.depth", "how often a layer of a volume is repeated", "times", "U_z"), 1),
    term("W", "input.width", "input width", "positions", "W"),
    term("W_i", "further.width", "width of a further input", "positions", "W_i"),
    term("W_out", "output.width", "output width", "positions", r"W_{\mathrm{out}}"),
    term("Z", "input.depth", "input depth", "positions", "Z"),
    term("Z_i", "further.depth", "depth of a further input", "positions", "Z_i"),
    term("Z_out", "output.depth", "output depth", "positions", r"Z_{\mathrm{out}}"),
    term("additions", "additions", "additions and subtractions", "operations", r"\mathrm{additions}"),
    term("axis", "axis", "axis", "axes", r"\mathrm{axis}"),
    term("biases", "biases", "biases", "parameters", r"\mathrm{biases}"),
    term(
        "biases_in",
        "biases.in",
        "biases of the query, keys and values",
        "parameters",
        r"\mathrm{biases}_{\mathrm{in}}",
    ),
    term("biases_out", "biases.out", "biases of the output", "parameters", r"\mathrm{biases}_{\mathrm{out}}"),
    term("comparisons", "comparisons", "comparisons", "operations", r"\mathrm{comparisons}"),
    term("constants", "constants", "stored numbers that are nobody's parameters", "elements", r"\mathrm{constants}"),
    term("d_k", "head.key", "features of a head's keys", "features", "d_k"),
    term("d_model", "query.features", "features of the query", "features", r"d_{\mathrm{model}}"),
    term("d_v", "head.value", "features of a head's values", "features", "d_v"),
    term("divisions", "divisions", "divisions", "operations", r"\mathrm{divisions}"),
    term("elements", "elements", "elements of an example", "elements", r"\mathrm{elements}"),
    term("entries", "entries", "entries of the table", "entries", r"\mathrm{entries}"),
    term("experts", "experts", "experts that a position goes through", "experts", r"\mathrm{experts}"),
    term("fan_in", "fan_in", "weights of one kernel", "weights", r"\mathrm{fan}_{\mathrm{in}}"),
    term("fan_out", "fan_out", "weights that an input element meets", "weights", r"\mathrm{fan}_{\mathrm{out}}"),
    term("features", "features", "features", "features", r"\mathrm{features}"),
    term("gates", "gates", "units of all gates", "units", r"\mathrm{gates}"),
    term("h", "heads", "heads", "heads", "h"),
    term("h_k", "heads.key", "features of all heads' keys", "features", "h_k"),
    term("h_v", "heads.value", "features of all heads' values", "features", "h_v"),
    term("inner", "inner", "size that is summed over", "elements", r"\mathrm{inner}"),
    term("inputs", "inputs", "input elements", "elements", r"\mathrm{inputs}"),
    term("multiplications", "multiplications", "multiplications", "operations", r"\mathrm{multiplications}"),
    term("outputs", "outputs", "output elements", "elements", r"\mathrm{outputs}"),
    term("pairs", "pairs", "pairs of a query and a key", "pairs", r"\mathrm{pairs}"),
    term("params", "params", "parameters", "parameters", r"\mathrm{params}"),
    term("parts", "parts", "parts", "parts", r"\mathrm{parts}"),
    term("positions", "positions", "output positions", "positions", r"\mathrm{positions}"),
    term("projection", "projection", "features after the projection", "features", r"\mathrm{projection}"),
    term("read", "read", "elements read", "elements", r"\mathrm{read}"),
    term("scores", "scores", "scores of all heads", "scores", r"\mathrm{scores}"),
    term("size", "size", "size", "positions", r"\mathrm{size}"),
    term("statistics", "statistics", "elements stored and never learned", "elements", r"\mathrm{statistics}"),
    term(
        "transcendentals",
        "transcendentals",
        "calls of exp, tanh, erf and roots",
        "calls",
        r"\mathrm{transcendentals}",
    ),
    term("units", "units", "units", "units", r"\mathrm{units}"),
    term("weights", "weights", "weights", "parameters", r"\mathrm{weights}"),
    term(
        "weights_depthwise",
        "weights.depthwise",
        "weights of the depthwise step",
        "parameters",
        r"\mathrm{weights}_{\mathrm{depthwise}}",
    ),
    term(
        "weights_hh",
        "weights.state",
        "weights of the state, in one layer and direction",
        "parameters",
        r"\mathrm{weights}_{hh}",
    ),
    term(
        "weights_hr",
        "weights.projection",
        "weights of the projection, in one layer and direction",
        "parameters",
        r"\mathrm{weights}_{hr}",
    ),
    term(
        "weights_ih",
        "weights.input",
        "weights of the input, in one layer and direction",
        "parameters",
        r"\mathrm{weights}_{ih}",
    ),
    term(
        "weights_ih_later",
        "weights.input.later",
        "weights of the input, in a later layer and one direction",
        "parameters",
        r"\mathrm{weights}_{ih}'",
    ),
    term(
        "weights_in",
        "weights.in",
        "weights of the query, keys and values",
        "parameters",
        r"\mathrm{weights}_{\mathrm{in}}",
    ),
    term("weights_k", "weights.keys", "weights of the keys", "parameters", "\\mathrm{weights}_k"),
    term("weights_out", "weights.out", "weights of the output", "parameters", r"\mathrm{weights}_{\mathrm{out}}"),
    term(
        "weights_pointwise",
        "weights.pointwise",
        "weights of the 1×1 step",
        "parameters",
        r"\mathrm{weights}_{\mathrm{pointwise}}",
    ),
    term("weights_q", "weights.query", "weights of the query", "parameters", "\\mathrm{weights}_q"),
    term("weights_v", "weights.values", "weights of the values", "parameters", "\\mathrm{weights}_v"),
    term("written", "written", "elements written", "elements", r"\mathrm{written}"),
];

/// The term of this name.
pub fn term_of(name: &str) -> Option<&'static Term> {
    TERMS.binary_search_by(|term| term.name.cmp(name)).ok().map(|at| &TERMS[at])
}

/// A name in words; the name itself where the glossary has none (a user's own symbol).
pub fn says(name: &str) -> &str {
    term_of(name).map_or(name, |term| term.says)
}

/// The value at which a name makes no difference.
pub fn neutral(name: &str) -> Option<i128> {
    term_of(name)?.neutral
}

#[cfg(test)]
mod tests {
    use super::TERMS;

    #[test]
    fn the_glossary_is_in_order_and_says_each_thing_once() {
        assert!(TERMS.windows(2).all(|two| two[0].name < two[1].name), "names are in order, each once");
        for (i, term) in TERMS.iter().enumerate() {
            assert!(TERMS[..i].iter().all(|other| other.key != term.key), "{} has another's key", term.name);
        }
    }
}
