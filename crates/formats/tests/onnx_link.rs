//! What names of an ONNX file stand for where functions, graphs within the network and files beside it have names of their
//! own. What is expected is what ONNX Runtime 1.32 made of the same networks, or a calculation beside it.

use formats::Source;
use workings::ledger::{Binds, Entry, QUANTITIES, Subtotal, Total};
use workings::model::From;
use workings::{Fault, Ledger};

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "given.onnx"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut all = Vec::new();
    while n >= 0x80 {
        all.push(n as u8 | 0x80);
        n >>= 7;
    }
    all.push(n as u8);
    all
}

/// A field that holds bytes.
fn field(number: u64, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A field that holds a number.
fn number(field: u64, n: i64) -> Vec<u8> {
    [varint(field << 3), varint(n as u64)].concat()
}

/// A node's parts: its operator, its inputs and its outputs, and further ones.
fn node(kind: &str, inputs: &[&str], outputs: &[&str], more: &[Vec<u8>]) -> Vec<u8> {
    let inputs = inputs.iter().flat_map(|name| field(1, name));
    let outputs = outputs.iter().flat_map(|name| field(2, name));
    inputs.chain(outputs).chain(field(4, kind)).chain(more.concat()).collect()
}

/// What a node that calls a function has beside its name.
fn of_own(name: &str) -> Vec<u8> {
    [field(3, name), field(7, "own")].concat()
}

/// A call of a function from one tensor to one.
fn call(function: &str, name: &str, input: &str, output: &str) -> Vec<u8> {
    node(function, &[input], &[output], &[of_own(name)])
}

/// An attribute that is a graph of these parts.
fn graph(name: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    field(5, [field(1, name), field(6, parts.concat())].concat())
}

fn nodes(all: &[Vec<u8>]) -> Vec<u8> {
    all.iter().flat_map(|node| field(1, node)).collect()
}

/// A stored tensor of this type, without its elements, with further parts.
fn stored(name: &str, kind: i64, sizes: &[i64], more: &[Vec<u8>]) -> Vec<u8> {
    let sizes = sizes.iter().flat_map(|size| number(1, *size));
    field(5, sizes.chain(number(2, kind)).chain(field(8, name)).chain(more.concat()).collect::<Vec<u8>>())
}

fn floats(name: &str, sizes: &[i64]) -> Vec<u8> {
    stored(name, 1, sizes, &[])
}

/// What is said of a tensor of this type: its name, and sizes that are numbers or names.
fn value(number_of_field: u64, name: &str, kind: i64, sizes: &[&str]) -> Vec<u8> {
    let size = |size: &&str| field(1, size.parse().map_or_else(|_| field(2, size), |n| number(1, n)));
    let shape = field(2, sizes.iter().flat_map(size).collect::<Vec<u8>>());
    field(number_of_field, [field(1, name), field(2, field(1, [number(1, kind), shape].concat()))].concat())
}

fn input(name: &str, sizes: &[&str]) -> Vec<u8> {
    value(11, name, 1, sizes)
}

fn output(name: &str) -> Vec<u8> {
    field(12, field(1, name))
}

/// A function of these inputs to the output `b`.
fn function(name: &str, inputs: &[&str], nodes: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let inputs = inputs.iter().flat_map(|name| field(4, name));
    let head = [field(1, name), field(10, "own"), field(5, "b")].concat();
    let nodes = nodes.iter().flat_map(|node| field(7, node));
    field(25, head.into_iter().chain(inputs).chain(nodes).chain(more.concat()).collect::<Vec<u8>>())
}

/// A file of the tenth version of the format, with the functions behind its graph.
fn file(parts: &[Vec<u8>], functions: &[Vec<u8>]) -> Vec<u8> {
    [number(1, 10), field(7, parts.concat()), functions.concat()].concat()
}

fn read(bytes: Vec<u8>) -> workings::Model {
    let (model, faults) = formats::read(&Bytes(bytes)).expect("a network");
    assert_eq!(faults, []);
    model
}

fn worked(bytes: Vec<u8>, binds: &[(&str, i64)]) -> Ledger {
    let binds: Binds = binds.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
    let (ledger, findings) = Ledger::of(read(bytes), &binds);
    assert_eq!(findings, []);
    ledger
}

/// The sizes of what the network gives; `None` where one is not known.
fn given(ledger: &Ledger) -> Vec<Vec<Option<i128>>> {
    let sizes =
        |from: &From| ledger.shape(*from).unwrap_or_default().iter().map(|size| ledger.page.known(*size)).collect();
    ledger.model.graph.outputs.iter().map(|(_, from)| sizes(from)).collect()
}

fn known(ledger: &Ledger, total: Total) -> Option<i128> {
    ledger.page.known(total.line).filter(|_| total.exact)
}

/// Parameters and multiply-adds.
fn totals(ledger: &Ledger) -> (Option<i128>, Option<i128>) {
    (known(ledger, ledger.totals.params), known(ledger, ledger.totals.macs))
}

fn symbols(ledger: &Ledger) -> Vec<&str> {
    ledger.symbols.iter().map(|(name, _)| &**name).collect()
}

#[test]
fn functions_of_one_name_are_told_apart_by_their_overload() {
    let times = node("MatMul", &["a", "w"], &["b"], &[]);
    let twice = node("Add", &["a", "a"], &["b"], &[]);
    let own = |name: &str, overload: &str| [of_own(name), field(8, overload)].concat();
    let parts = [
        nodes(&[node("F", &["x", "W"], &["y"], &[own("n1", "one")]), node("F", &["y"], &["z"], &[own("n2", "two")])]),
        input("x", &["1", "4"]),
        floats("W", &[4, 7]),
        output("y"),
        output("z"),
    ];
    let functions = [
        function("F", &["a", "w"], &[times], &[field(13, "one")]),
        function("F", &["a"], std::slice::from_ref(&twice), &[field(13, "two")]),
    ];
    let ledger = worked(file(&parts, &functions), &[]);
    assert_eq!(given(&ledger), [[Some(1), Some(7)], [Some(1), Some(7)]]);
    // 1 × 4 by 4 × 7.
    assert_eq!(totals(&ledger), (Some(28), Some(28)));

    // Two that nothing tells apart.
    let same = [function("F", &["a"], &[], &[]), function("F", &["a"], &[twice], &[])];
    let (_, faults) = formats::read(&Bytes(file(&[], &same))).expect("a network");
    assert!(faults[0].says.contains("two functions are called `F`"), "{faults:?}");
}

#[test]
fn what_is_said_of_a_tensor_is_said_of_no_other_of_its_name() {
    // No rule knows Foo. The network's own `h` is recorded as 1 × 7; that of the function is not, or as 9 and a size that
    // may be another one in each call.
    let inner = [node("Foo", &["a"], &["h"], &[field(7, "x")]), node("Relu", &["h"], &["b"], &[])];
    let parts = [
        nodes(&[
            node("MatMul", &["x", "W"], &["h"], &[]),
            call("F", "c1", "h", "y"),
            call("F", "c2", "h", "z"),
            node("Foo", &["h"], &["k"], &[field(7, "x")]),
        ]),
        input("x", &["1", "4"]),
        floats("W", &[4, 7]),
        value(13, "h", 1, &["1", "7"]),
        value(13, "k", 1, &["N", "3"]),
        output("y"),
        output("z"),
        output("k"),
    ];
    let ledger = worked(file(&parts, &[function("F", &["a"], &inner, &[])]), &[]);
    assert_eq!(given(&ledger), [vec![], vec![], vec![None, Some(3)]]);
    let recorded = value(12, "h", 1, &["9", "N"]);
    let ledger = worked(file(&parts, &[function("F", &["a"], &inner, &[recorded])]), &[("h_d1", 5), ("N", 2)]);
    assert_eq!(symbols(&ledger), ["h_d1", "c2_h_d1", "N"]);
    assert_eq!(given(&ledger), [[Some(9), Some(5)], [Some(9), None], [Some(2), Some(3)]]);
    // A branch has names of its own, too.
    let branch = |name: &str, out: &str, more: &[Vec<u8>]| {
        let foo = nodes(&[node("Foo", &["x"], &[out], &[field(7, "x")])]);
        graph(name, &[&[foo, output(out)], more].concat())
    };
    let parts = [
        nodes(&[
            node(
                "If",
                &["c"],
                &["y"],
                &[branch("then_branch", "h", &[]), branch("else_branch", "h", &[value(13, "h", 1, &["1", "5"])])],
            ),
            node("Foo", &["y"], &["h"], &[field(7, "x")]),
        ]),
        input("x", &["1", "4"]),
        value(11, "c", 9, &[]),
        value(13, "h", 1, &["1", "7"]),
    ];
    let ledger = worked(file(&parts, &[]), &[]);
    let sizes = |row: usize| ledger.rows[row].out.as_ref().map(|out| ledger.page.known(out[1]));
    assert_eq!([sizes(0), sizes(1), sizes(3)], [None, Some(Some(5)), Some(Some(7))]);
}

#[test]
fn every_size_that_is_open_has_a_symbol_of_its_own() {
    let found = [node("NonZero", &["a"], &["nz"], &[]), node("Transpose", &["nz"], &["b"], &[])];
    let join = |one: &str, other: &str, axis: i64| {
        let axis = field(5, [field(1, "axis"), number(3, axis)].concat());
        node("Concat", &[one, other], &["o"], &[axis])
    };
    // Ones of 1 × 4 and of 3 × 3: 4 and 9 of them are not 0, and ONNX Runtime gives 13 × 2.
    let parts = [
        nodes(&[call("F", "c1", "x", "y"), call("F", "c2", "z", "w"), join("y", "w", 0)]),
        input("x", &["1", "4"]),
        input("z", &["3", "3"]),
        output("o"),
    ];
    let twice = || file(&parts, &[function("F", &["a"], &found, &[])]);
    assert_eq!(symbols(&worked(twice(), &[])), ["nz_d1", "c2_nz_d1"]);
    assert_eq!(given(&worked(twice(), &[("nz_d1", 4), ("c2_nz_d1", 9)])), [[Some(13), Some(2)]]);
    // Two tensors whose names are one as a symbol, beside an input with a size of such a name.
    let parts = [
        nodes(&[
            node("NonZero", &["x"], &["n.1"], &[]),
            node("NonZero", &["x"], &["n_1"], &[]),
            node("NonZero", &["x"], &["m"], &[]),
            node("NonZero", &["x"], &["k"], &[]),
        ]),
        input("x", &["m_d1", "4"]),
    ];
    let ledger = worked(file(&parts, &[]), &[]);
    assert_eq!(symbols(&ledger), ["m_d1", "n_1_d1", "n_1_2_d1", "m_3_d1", "k_d1"]);
}

#[test]
fn axes_that_are_cut_backwards_are_open_each_for_itself() {
    let ints = |name: &str, all: &[i64]| {
        let raw = field(9, all.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>());
        stored(name, 7, &[all.len() as i64], &[raw])
    };
    let parts = [
        nodes(&[node("Slice", &["x", "starts", "ends", "axes", "steps"], &["y"], &[])]),
        input("x", &["H", "W"]),
        ints("starts", &[-1, -1]),
        ints("ends", &[i64::MIN / 2, i64::MIN / 2]),
        ints("axes", &[0, 1]),
        ints("steps", &[-2, -2]),
        output("y"),
    ];
    let ledger = worked(file(&parts, &[]), &[]);
    assert_eq!(symbols(&ledger), ["H", "W", "y_d0", "y_d1"]);
    // Of 5 × 8 ONNX Runtime keeps 3 × 4.
    let ledger = worked(file(&parts, &[]), &[("H", 5), ("W", 8)]);
    assert_eq!(given(&ledger), [[Some(3), Some(4)]]);
}

#[test]
fn what_a_function_stores_is_counted_once_however_often_it_is_called() {
    let branch = |name: &str| {
        let product = nodes(&[node("MatMul", &["a", "w"], &["o"], &[])]);
        graph(name, &[product, floats("w", &[4, 4]), output("o")])
    };
    let either = node("If", &["c"], &["b"], &[branch("then_branch"), branch("else_branch")]);
    let call = |name: &str, input: &str, output: &str| node("F", &[input, "c"], &[output], &[of_own(name)]);
    let parts = [
        nodes(&[call("c1", "x", "y"), call("c2", "y", "z")]),
        input("x", &["1", "4"]),
        value(11, "c", 9, &[]),
        output("z"),
    ];
    let ledger = worked(file(&parts, &[function("F", &["a", "c"], &[either], &[])]), &[]);
    // Two matrices of 4 × 4 stand in the file; each call multiplies by one of them.
    assert_eq!(totals(&ledger), (Some(32), Some(32)));
}

#[test]
fn bytes_of_another_file_are_counted_once() {
    let beside = |name: &str, sizes: &[i64], offset: Option<&str>| {
        let entry = |key: &str, value: &str| field(13, [field(1, key), field(2, value)].concat());
        let offset = offset.map(|offset| entry("offset", offset)).unwrap_or_default();
        stored(name, 1, sizes, &[entry("location", "t.bin"), offset, number(14, 1)])
    };
    let two = |second: Vec<u8>| {
        let product = |inputs: &[&str], output: &str| node("MatMul", inputs, &[output], &[]);
        let parts = [
            nodes(&[product(&["x", "v"], "h"), product(&["h", "w"], "y")]),
            input("x", &["1", "4"]),
            beside("v", &[4, 4], Some("0")),
            second,
        ];
        totals(&worked(file(&parts, &[]), &[]))
    };
    // An offset that is not told is 0 (`onnx/onnx.proto`, `external_data`).
    assert_eq!(two(beside("w", &[4, 4], Some("0"))), (Some(16), Some(32)));
    assert_eq!(two(beside("w", &[4, 4], None)), (Some(16), Some(32)));
    assert_eq!(two(beside("w", &[4, 4], Some("64"))), (Some(32), Some(32)));
    assert_eq!(two(beside("w", &[4, 2], Some("0"))), (Some(24), Some(24)));
}

/// The paths of modules, with their rows.
fn paths(modules: &[Subtotal]) -> Vec<(&str, &[usize])> {
    modules.iter().map(|one| (&*one.module.path, &one.rows[..])).collect()
}

#[test]
fn every_call_of_a_function_is_a_module() {
    let inner = |one: &str, other: &str| {
        let (one, other) = (field(3, one), field(3, other));
        [node("Sigmoid", &["a"], &["t"], &[one]), node("Relu", &["t"], &["b"], &[other])]
    };
    let ledger = |name: &str, inner: &[Vec<u8>]| {
        let parts = [nodes(&[call("F", name, "x", "y"), call("F", name, "y", "z")]), input("x", &["1", "4"])];
        worked(file(&parts, &[function("F", &["a"], inner, &[])]), &[])
    };
    // Calls of one name are two.
    let mut plain = ledger("f", &inner("one", "other"));
    let folded = plain.fold(1);
    assert_eq!(folded.entries, [Entry::Module(0), Entry::Module(1)]);
    assert_eq!(paths(&folded.modules), [("f", &[0, 1][..]), ("f_2", &[2, 3])]);
    assert!(folded.modules.iter().all(|one| &*one.module.class == "F"));
    // Nodes with modules in their names stand in the call's all the same, and the call in those of its own name.
    let mut within = ledger("/enc/f", &inner("/lin/Sigmoid", "/act/Relu"));
    assert_eq!(paths(&within.fold(1).modules), [("enc", &[0, 1, 2, 3][..])]);
    assert_eq!(paths(&within.fold(2).modules), [("enc/f", &[0, 1][..]), ("enc/f_2", &[2, 3])]);
    let leaves = [("enc/f/lin", &[0][..]), ("enc/f/act", &[1]), ("enc/f_2/lin", &[2]), ("enc/f_2/act", &[3])];
    assert_eq!(paths(&within.fold(3).modules), leaves);
}

#[test]
fn a_module_of_a_loop_s_body_does_not_say_that_it_multiplies_nothing() {
    let body = graph(
        "body",
        &[
            nodes(&[
                node("MatMul", &["s", "W"], &["t"], &[field(3, "/dec/lin/MatMul")]),
                node("Relu", &["t"], &["u"], &[field(3, "/dec/act/Relu")]),
                node("MatMul", &["u", "W"], &["v"], &[field(3, "/head/inner/MatMul")]),
                node("Identity", &["go"], &["on"], &[]),
            ]),
            value(11, "i", 7, &[]),
            value(11, "go", 9, &[]),
            field(11, field(1, "s")),
            output("on"),
            output("v"),
        ],
    );
    let parts = |name: &str| {
        [
            nodes(&[
                node("Loop", &["M", "", "x"], &["y"], &[field(3, name), body.clone()]),
                node("MatMul", &["y", "V"], &["z"], &[field(3, "/head/MatMul")]),
            ]),
            input("x", &["1", "4"]),
            stored("M", 7, &[], &[field(9, 10i64.to_le_bytes())]),
            floats("W", &[4, 4]),
            floats("V", &[4, 3]),
        ]
    };
    let mut ledger = worked(file(&parts("/Loop"), &[]), &[]);
    // Ten turns of two products of 16, and one of 12.
    assert_eq!(totals(&ledger), (Some(28), Some(332)));
    let macs = QUANTITIES.iter().position(|one| one.name == "macs").expect("a quantity");
    let params = QUANTITIES.iter().position(|one| one.name == "parameters").expect("a quantity");
    let folded = ledger.fold(1);
    assert_eq!(paths(&folded.modules), [("dec", &[0, 1][..]), ("head", &[2, 5])]);
    let of = |module: usize, quantity: usize| folded.modules[module].totals[quantity].expect("it has some");
    // What `dec` multiplies is not known, and not 0; of `head` it is at least what it multiplies outside of the loop.
    assert!(matches!(ledger.page.step(of(0, macs).line), calc::Step::Broken { why } if why.ends_with("part of /Loop")));
    assert_eq!((ledger.page.known(of(1, macs).line), of(1, macs).exact), (Some(12), false));
    assert_eq!([0, 1].map(|module| known(&ledger, of(module, params))), [Some(16), Some(12)]);
    // Where the loop itself is in the module, all is there: what multiplies in it is a part of its row.
    let mut ledger = worked(file(&parts("/dec/Loop"), &[]), &[]);
    let folded = ledger.fold(1);
    assert_eq!(paths(&folded.modules)[0], ("dec", &[0, 1, 4][..]));
    assert_eq!(folded.modules[0].totals[macs].and_then(|total| known(&ledger, total)), Some(320));
}

#[test]
fn a_node_waits_for_what_its_graphs_take() {
    let branch = |name: &str, out: &str| {
        let inner = node("MatMul", &["h", "w"], &[out], &[]);
        // One graph deeper, behind a node that makes what has the name of a later tensor.
        let deeper = node(
            "If",
            &["c"],
            &["q"],
            &[
                graph("then_branch", &[nodes(std::slice::from_ref(&inner)), output(out)]),
                graph("else_branch", &[output("h")]),
            ],
        );
        graph(name, &[nodes(&[deeper]), output("q")])
    };
    let parts = [
        nodes(&[
            node("If", &["c"], &["y"], &[branch("then_branch", "o"), branch("else_branch", "p")]),
            node("Relu", &["g"], &["h"], &[]),
            node("Relu", &["x"], &["g"], &[]),
        ]),
        input("x", &["1", "4"]),
        value(11, "c", 9, &[]),
        floats("w", &[4, 4]),
        output("y"),
    ];
    let ledger = worked(file(&parts, &[]), &[]);
    assert_eq!(given(&ledger), [[Some(1), Some(4)]]);
    let order: Vec<&str> = ledger.model.layers.iter().map(|layer| &*layer.name).collect();
    assert_eq!(order, ["g", "h", "o", "q", "p", "q", "y"]);
}

#[test]
fn a_stored_tensor_that_is_an_input_too_may_be_told() {
    let product = [nodes(&[node("MatMul", &["x", "w"], &["o"], &[])]), output("o")];
    let parts = [
        nodes(&[node("If", &["c"], &["y"], &[graph("then_branch", &product), graph("else_branch", &[output("x")])])]),
        input("x", &["1", "4"]),
        value(11, "c", 9, &[]),
        stored("c", 9, &[], &[field(9, [0])]),
        floats("w", &[4, 4]),
    ];
    // It is false in the file; ONNX Runtime multiplies by `w` where it is given as true.
    let mut model = read(file(&parts, &[]));
    assert_eq!((model.inputs.len(), &model.graph.defaults[..]), (1, &[0][..]));
    assert_eq!(totals(&Ledger::of(model.clone(), &Binds::new()).0), (Some(16), Some(0)));
    model.graph.stored[0].numbers = Some(workings::graph::Numbers::Whole([1].into()));
    assert_eq!(totals(&Ledger::of(model, &Binds::new()).0), (Some(16), Some(16)));
    // In the third version of the format every stored tensor was listed among the inputs, and none could be another one.
    let third = [number(1, 3), field(7, parts.concat())].concat();
    assert!(read(third).graph.defaults.is_empty());
}

#[test]
fn a_call_tells_how_many_inputs_a_scan_goes_through() {
    let body = graph(
        "body",
        &[
            nodes(&[node("MatMul", &["e", "w"], &["o"], &[])]),
            field(11, field(1, "e")),
            floats("w", &[4, 4]),
            output("o"),
        ],
    );
    let told = field(5, [field(1, "num_scan_inputs"), field(21, "k"), number(20, 2)].concat());
    let scan = node("Scan", &["a"], &["b"], &[body, told]);
    let k = field(5, [field(1, "k"), number(3, 1), number(20, 2)].concat());
    let parts = [nodes(&[node("F", &["x"], &["y"], &[of_own("f"), k])]), input("x", &["5", "1", "4"]), output("y")];
    let ledger = worked(file(&parts, &[function("F", &["a"], &[scan], &[])]), &[]);
    assert_eq!(given(&ledger), [[Some(5), Some(1), Some(4)]]);
    // Five slices of 1 × 4 by 4 × 4.
    assert_eq!(totals(&ledger), (Some(16), Some(80)));
}

#[test]
fn long_names_within_calls_do_not_fill_the_memory() {
    let long = "n".repeat(100_000);
    let named = |name: &str, input: &str, output: &str| node("Relu", &[input], &[output], &[field(3, name)]);
    let of = |call_name: &str, inner: &[Vec<u8>]| {
        let parts = [nodes(&[call("F", call_name, "x", "y")]), input("x", &["1"])];
        read(file(&parts, &[function("F", &["a"], inner, &[])]))
    };
    let chain = |count: usize, name: &dyn Fn(usize) -> String| -> Vec<Vec<u8>> {
        let tensor = |at: usize| {
            if at == 0 {
                "a".into()
            } else if at == count {
                "b".into()
            } else {
                format!("t{at}")
            }
        };
        (0..count).map(|at| named(&name(at), &tensor(at), &tensor(at + 1))).collect()
    };
    // One call with a long name, around many nodes: 2 GB if all of them were written out.
    let many = of(&long, &chain(20_000, &|at| format!("/node{at}")));
    let taken: usize = many.layers.iter().map(|layer| layer.name.len()).sum();
    assert!(taken < (1 << 27) + 20_000 * 300, "{taken} bytes of names");
    assert_eq!(&*many.layers[0].name, format!("{long}/node0"));
    let last = &many.layers.last().expect("the last row").name;
    assert_eq!(&**last, format!("{}…/node19999", &long[..100]));
    // Many short ones lose nothing.
    let short = of("call", &chain(20_000, &|at| format!("node{at}")));
    assert_eq!(&*short.layers[19_999].name, "call/node19999");
}
