//! ONNX files that are none, that are damaged, or that mean harm: each ends in one clear message, or is shown with what is
//! wrong; nothing panics, nothing outside of the model's folder is opened, and no length is believed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use expect_test::expect;
use formats::Source;
use workings::ledger::Binds;
use workings::{Fault, Ledger};

/// Bytes with files beside them; which of those were asked for.
struct Bytes {
    whole: Vec<u8>,
    beside: &'static [(&'static str, &'static [u8])],
    asked: Rc<RefCell<Vec<String>>>,
}

impl Source for Bytes {
    fn name(&self) -> &str {
        "given.onnx"
    }

    fn size(&self) -> u64 {
        self.whole.len() as u64
    }

    fn sibling(&self, name: &str) -> Option<Box<dyn Source>> {
        self.asked.borrow_mut().push(name.to_owned());
        let (_, bytes) = self.beside.iter().find(|(known, _)| *known == name)?;
        Some(Box::new(alone(bytes.to_vec())))
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.whole[range.start as usize..range.end as usize].to_vec())
    }
}

fn alone(whole: Vec<u8>) -> Bytes {
    Bytes { whole, beside: &[], asked: Rc::default() }
}

/// Everything that is said of a file: why it is refused, or what is wrong with it; after it how many rows there are.
fn said(source: &dyn Source) -> String {
    match formats::read(source) {
        Err(fault) => fault.to_string(),
        Ok((model, faults)) => {
            let (ledger, findings) = Ledger::of(model, &Binds::new());
            assert_eq!(ledger.rows.len(), ledger.model.layers.len());
            let hinted = |says: &str, hint: &Option<String>| match hint {
                Some(hint) => format!("{says} — {hint}"),
                None => says.to_owned(),
            };
            let all = faults.iter().map(|fault| hinted(&fault.says, &fault.hint));
            let all = all.chain(findings.iter().map(|finding| hinted(&finding.says, &finding.hint)));
            // A row of which nothing is known says why where its numbers would be.
            let why = ledger.rows.iter().filter_map(|row| match ledger.page.step(row.sums.macs?) {
                calc::Step::Broken { why } => Some(format!("row: {why}")),
                _ => None,
            });
            let mut all: Vec<String> = all.chain(why).collect();
            all.dedup();
            match all.is_empty() {
                true => format!("({} rows, nothing to say)", ledger.rows.len()),
                false => all.join("\n    "),
            }
        }
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

/// A node's parts: its operator, its inputs and its outputs.
fn bare(kind: &str, inputs: &[&str], outputs: &[&str]) -> Vec<u8> {
    let inputs = inputs.iter().flat_map(|name| field(1, name));
    inputs.chain(outputs.iter().flat_map(|name| field(2, name))).chain(field(4, kind)).collect()
}

/// A node of a graph with further parts.
fn node(kind: &str, inputs: &[&str], outputs: &[&str], more: &[Vec<u8>]) -> Vec<u8> {
    field(1, [bare(kind, inputs, outputs), more.concat()].concat())
}

/// A node in a domain.
fn call(kind: &str, input: &str, output: &str) -> Vec<u8> {
    [bare(kind, &[input], &[output]), field(7, "own")].concat()
}

/// An attribute of a node, with its value.
fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    field(5, [field(1, name), value].concat())
}

/// A stored tensor: its name, its type, its sizes, and further parts.
fn stored(name: &str, kind: i64, dims: &[i64], more: &[Vec<u8>]) -> Vec<u8> {
    let dims = dims.iter().flat_map(|size| number(1, *size));
    field(5, dims.chain(number(2, kind)).chain(field(8, name)).chain(more.concat()).collect::<Vec<u8>>())
}

/// A stored vector of 64-bit whole numbers.
fn ints(name: &str, all: &[i64]) -> Vec<u8> {
    stored(name, 7, &[all.len() as i64], &[field(9, all.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>())])
}

/// A stored tensor of two 64-bit numbers in another file.
fn outside(location: &str, offset: &str) -> Vec<u8> {
    let entry = |key: &str, value: &str| field(13, [field(1, key), field(2, value)].concat());
    stored("sizes", 7, &[2], &[entry("location", location), entry("offset", offset), number(14, 1)])
}

/// The input `x` of 2 by 3 floats.
fn input() -> Vec<u8> {
    let sizes: Vec<u8> = [2, 3].iter().flat_map(|size| field(1, number(1, *size))).collect();
    field(11, [field(1, "x"), field(2, field(1, [number(1, 1), field(2, sizes)].concat()))].concat())
}

/// A file whose graph has the input `x` and these parts, and that has further parts beside it.
fn file(parts: &[Vec<u8>], beside: &[Vec<u8>]) -> Vec<u8> {
    [number(1, 10), field(7, [input(), parts.concat()].concat()), beside.concat()].concat()
}

fn graph(parts: &[Vec<u8>]) -> Vec<u8> {
    file(parts, &[])
}

/// A function of the file's own from `a` to `b`.
fn function(name: &str, nodes: &[Vec<u8>]) -> Vec<u8> {
    let nodes = nodes.iter().flat_map(|node| field(7, node));
    let head = [field(1, name), field(10, "own"), field(4, "a"), field(5, "b")].concat();
    field(25, head.into_iter().chain(nodes).collect::<Vec<u8>>())
}

/// Graphs within graphs, so deep, around these nodes.
fn within(depth: usize, input: &str, inner: Vec<u8>) -> Vec<u8> {
    (0..depth).fold(inner, |inner, _| node("If", &[input], &["y"], &[attribute("then_branch", field(6, inner))]))
}

/// What is said of each, one after the other.
fn each(cases: &[(&str, Vec<u8>)]) -> String {
    cases.iter().map(|(what, bytes)| format!("{what}:\n    {}\n", said(&alone(bytes.clone())))).collect()
}

#[test]
fn what_is_no_onnx_file() {
    let tensor = stored("w", 1, &[4], &[]);
    let cases = [
        ("nothing", Vec::new()),
        ("a tensor alone", tensor[2..].to_vec()),
        ("an archive", [b"PK\x03\x04".to_vec(), graph(&[])].concat()),
        ("a packed file", b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec()),
        ("a pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".to_vec()),
        ("a page", b"<!DOCTYPE html><html><body>Not found</body></html>".to_vec()),
        ("a text", b"network q1\ninput 3x3x1\n".to_vec()),
        ("random bytes", vec![0x9c, 0x5e, 0x33, 0xf1, 0x08, 0x77, 0xe0, 0x41]),
        ("no graph", number(1, 10)),
        ("two graphs", [graph(&[]), field(7, input())].concat()),
    ];
    expect![[r#"
        nothing:
            the file is empty — export the network again
        a tensor alone:
            byte 7: a field of kind 7, and the kinds are 0, 1, 2 and 5 — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        an archive:
            this is an archive, and no ONNX file — unpack it, and give the file in it
        a packed file:
            this is a packed file, and no ONNX file — unpack it with gunzip, and give the file in it
        a pointer:
            this is what Git LFS keeps in the place of a file, and no ONNX file — get the file with `git lfs pull`
        a page:
            this is a page of the web, and no ONNX file — get the file itself: its download, and not the page about it
        a text:
            byte 1: a field of kind 6, and the kinds are 0, 1, 2 and 5 — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        random bytes:
            byte 2: a field of kind 4, and the kinds are 0, 1, 2 and 5 — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        no graph:
            there is no graph in it — give a model as ONNX writes it, not one of its parts
        two graphs:
            byte 48: a second graph, and a model has one — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
    "#]].assert_eq(&each(&cases));
}

#[test]
fn lengths_and_numbers_that_are_not_so() {
    let whole = graph(&[node("Relu", &["x"], &["y"], &[])]);
    let declared = |bytes: &[u8]| [number(1, 10), bytes.to_vec()].concat();
    let cases = [
        ("cut short", whole[..whole.len() - 3].to_vec()),
        ("a length past the end", declared(&[0x3a, 0x7f])),
        ("a length near 2^64", declared(&[vec![0x3a], varint(u64::MAX)].concat())),
        ("a number of 11 bytes", declared(&[&[0x28][..], &[0xff; 10], &[1]].concat())),
        ("a field with the number 0", declared(&[0x02, 0x01, 0x00])),
        ("a field of kind 3", declared(&[0x3b])),
        ("a tensor that says it has 2^40 bytes", graph(&[field(5, [vec![0x4a], varint(1 << 40)].concat())])),
        ("a text that says it has 1 GB", graph(&[field(2, "g"), [vec![0x12], varint(1 << 30)].concat()])),
        ("more axes than there are", graph(&[stored("w", 1, &[1; 65], &[])])),
        ("a size below 0", graph(&[stored("w", 1, &[-1], &[])])),
        ("a type that there is not", graph(&[stored("w", 99, &[2], &[]), node("Relu", &["w"], &["y"], &[])])),
        ("more elements than 2^127", graph(&[stored("w", 1, &[1 << 62; 3], &[]), node("Relu", &["w"], &["y"], &[])])),
    ];
    expect![[r#"
        cut short:
            byte 4: a field of 35 bytes, and 32 are left — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a length past the end:
            byte 4: a field of 127 bytes, and 0 are left — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a length near 2^64:
            byte 13: a field of 18446744073709551615 bytes, and 0 are left — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a number of 11 bytes:
            byte 13: a number of more than 64 bits — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a field with the number 0:
            byte 4: a field with the number 0, and their numbers begin with 1 — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a field of kind 3:
            byte 3: a field of kind 3, and the kinds are 0, 1, 2 and 5 — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a tensor that says it has 2^40 bytes:
            byte 34: a field of 1099511627776 bytes, and 0 are left — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a text that says it has 1 GB:
            byte 34: a field of 1073741824 bytes, and 0 are left — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        more axes than there are:
            byte 159: a tensor of more than 64 axes — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a size below 0:
            byte 43: the tensor `w` has the size -1, and sizes are 0 or more — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a type that there is not:
            (1 rows, nothing to say)
        more elements than 2^127:
            y: a number passes 2^127 where 4,611,686,018,427,387,904 × 4,611,686,018,427,387,904 and 4,611,686,018,427,387,904 are joined — make the sizes smaller
    "#]].assert_eq(&each(&cases));
}

#[test]
fn graphs_that_do_not_fit_together() {
    let cases = [
        ("a circle", graph(&[node("Relu", &["b"], &["a"], &[]), node("Relu", &["a"], &["b"], &[])])),
        ("two that give one", graph(&[node("Relu", &["x"], &["y"], &[]), node("Neg", &["x"], &["y"], &[])])),
        ("an input from nowhere", graph(&[node("Relu", &["nowhere"], &["y"], &[])])),
        ("an output from nowhere", graph(&[field(12, field(1, "y"))])),
        ("operator set 0", file(&[node("Relu", &["x"], &["y"], &[])], &[field(8, number(2, 0))])),
        ("operator set 999", file(&[node("Relu", &["x"], &["y"], &[])], &[field(8, number(2, 999))])),
        ("a domain that nobody knows", graph(&[field(1, call("Foo", "x", "y")), node("Relu", &["y"], &["z"], &[])])),
        (
            "names that are no text",
            graph(&[field(1, [field(1, "x"), field(2, b"\xff\xfe"), field(4, b"\xc3\x28")].concat())]),
        ),
        ("10,000 graphs in one another", graph(&[within(10_000, "x", Vec::new())])),
    ];
    expect![[r#"
        a circle:
            a: it waits for its own output; 2 nodes stand in a circle or behind one — the graph of a network runs one way; export it again
            row: a: the shape of its input 1 is not known
            row: b: the shape of its input 1 is not known
        two that give one:
            two tensors are called `y` — the later one is taken; export the network again
        an input from nowhere:
            y: it takes `nowhere`, and nothing makes that — a part of the graph is missing; export the network again
            row: y: the shape of its input 1 is not known
        an output from nowhere:
            the graph gives `y`, and nothing makes that — a part of the graph is missing; export the network again
        operator set 0:
            the file's operator set is version 0, and the rules know those from 1 to 28 — numbers may be others where an operator has changed; export the network for one of these
        operator set 999:
            the file's operator set is version 999, and the rules know those from 1 to 28 — numbers may be others where an operator has changed; export the network for one of these
        a domain that nobody knows:
            row: no rule for own.Foo yet
            row: z: the shape of its input 1 is not known
        names that are no text:
            row: no rule for �( yet
        10,000 graphs in one another:
            byte 1462: graphs stand within graphs, more than 40 deep — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
    "#]].assert_eq(&each(&cases));
}

#[test]
fn nodes_that_are_not_as_their_operators() {
    let of = |kind: &str, inputs: &[&str], more: &[Vec<u8>]| node(kind, inputs, &["y"], more);
    let text = |name: &str| attribute(name, [field(4, "two"), number(20, 3)].concat());
    let body = |output: &str| {
        let names = ["i", "go", "s"].iter().flat_map(|name| field(11, field(1, name)));
        let nodes = [
            node("Identity", &["go"], &["more"], &[]),
            node("Concat", &["s", "x"], &["t"], &[attribute("axis", number(3, 0))]),
        ];
        let outputs = [field(12, field(1, "more")), field(12, field(1, output))].concat();
        attribute("body", field(6, names.chain(nodes.concat()).chain(outputs).collect::<Vec<u8>>()))
    };
    let cases = [
        ("an axis that is a text", graph(&[of("Concat", &["x", "x"], &[text("axis")])])),
        ("an order that is a text", graph(&[of("Transpose", &["x"], &[text("perm")])])),
        ("a function of two tensors that has none", graph(&[of("Sub", &[], &[])])),
        ("one that has one", graph(&[of("Div", &["x"], &[])])),
        ("a choice without its second", graph(&[of("Where", &["x", "x"], &[])])),
        ("a size of -7", graph(&[ints("t", &[-7, 3]), of("Reshape", &["x", "t"], &[])])),
        // Found by fuzzing: cuts along as many axes as a vector of 2^43 has numbers.
        ("more cuts than memory", graph(&[stored("t", 7, &[1 << 43], &[]), of("Slice", &["x", "t", "t"], &[])])),
        // Found by fuzzing: the second body's rows were lost when the first was gone through again.
        ("a loop with two bodies", graph(&[of("Loop", &["", "", "x"], &[body("t"), body("t")])])),
        // Found by fuzzing: 2^63 has no place among the numbers.
        (
            "the largest number below 0",
            graph(&[ints("t", &[i64::MIN]), node("Abs", &["t"], &["u"], &[]), of("Reshape", &["x", "u"], &[])]),
        ),
        (
            "a range from end to end",
            graph(&[
                ints("a", &[i64::MIN]),
                ints("b", &[i64::MAX]),
                ints("c", &[1 << 62]),
                node("Range", &["a", "b", "c"], &["t"], &[]),
                of("Reshape", &["x", "t"], &[]),
            ]),
        ),
        (
            "pieces of a length without end",
            graph(&[
                stored("w", 1, &[i64::MAX], &[]),
                stored("t", 7, &[], &[field(9, i64::MAX.to_le_bytes())]),
                of("SplitToSequence", &["w", "t"], &[]),
            ]),
        ),
    ];
    expect![[r#"
        an axis that is a text:
            y: Concat: its attribute `axis` is a text, and a whole number is needed — the node is not as its operator is defined; export the network again
            row: y: Concat: its attribute `axis` is a text, and a whole number is needed
        an order that is a text:
            y: Transpose: its attribute `perm` is a text, and a row of whole numbers is needed — the node is not as its operator is defined; export the network again
            row: y: Transpose: its attribute `perm` is a text, and a row of whole numbers is needed
        a function of two tensors that has none:
            y: Sub has no input 1, which it needs — the file gives it 0; export the network again
            row: y: Sub has no input 1, which it needs
        one that has one:
            y: Div has no input 2, which it needs — the file gives it 1; export the network again
            row: y: Div has no input 2, which it needs
        a choice without its second:
            y: Where has no input 3, which it needs — the file gives it 2; export the network again
            row: y: Where has no input 3, which it needs
        a size of -7:
            y: Reshape: it would give an axis of the size -7 — the node is not as its operator is defined; export the network again
            y: “the new shape holds as many elements as the old one” does not hold: −7 × 3 = −21 is not equal to 6 — write 6 or -1 for the last size
            row: y: Reshape: it would give an axis of the size -7
        more cuts than memory:
            y: Slice: its axis is 2, and there are 2 axes — the node is not as its operator is defined; export the network again
            row: y: Slice: its axis is 2, and there are 2 axes
        a loop with two bodies:
            (5 rows, nothing to say)
        the largest number below 0:
            (2 rows, nothing to say)
        a range from end to end:
            y: Reshape: it would give an axis of the size -9223372036854775808 — the node is not as its operator is defined; export the network again
            y: “the new shape holds as many elements as the old one” does not hold: −9,223,372,036,854,775,808 × (−4,611,686,018,427,387,904) × 0 × 4,611,686,018,427,387,904 = 0 is not equal to 6 — write 6 or -1 for the last size
            row: y: Reshape: it would give an axis of the size -9223372036854775808
        pieces of a length without end:
            (1 rows, nothing to say)
    "#]].assert_eq(&each(&cases));
}

#[test]
fn functions_without_an_end() {
    let plain = field(1, call("F0", "x", "y"));
    let main = |functions: &[Vec<u8>]| file(std::slice::from_ref(&plain), functions);
    let next = |at: usize| format!("F{}", at + 1);
    // Each calls the next twice; the last does nothing: 2^60 calls of no node.
    let nothing: Vec<Vec<u8>> = (0..60)
        .map(|at| function(&format!("F{at}"), &[call(&next(at), "a", "t"), call(&next(at), "t", "b")]))
        .chain([function("F60", &[])])
        .collect();
    // Each stands in forty graphs of the one before.
    let deep: Vec<Vec<u8>> = (0..64)
        .map(|at| {
            let inner = within(39, "a", field(1, call(&next(at), "a", "t")));
            function(&format!("F{at}"), &[inner[inner.len() - inner_length(&inner)..].to_vec()])
        })
        .collect();
    let cases = [
        ("one that calls itself", main(&[function("F0", &[call("F0", "a", "b")])])),
        (
            "two that call each other",
            main(&[function("F0", &[call("F1", "a", "b")]), function("F1", &[call("F0", "a", "b")])]),
        ),
        ("2^60 calls", main(&nothing)),
        ("graphs and calls in one another", main(&deep)),
    ];
    expect![[r#"
        one that calls itself:
            b: the function F0 calls itself — nothing can be said of the call; export the network again
        two that call each other:
            b: the function F0 calls itself — nothing can be said of the call; export the network again
        2^60 calls:
            the network comes to more than 1048576 nodes, or 131072 calls of functions — functions that call functions are written out, each time; those behind are left out
        graphs and calls in one another:
            t: the function F2 stands more than 64 calls and graphs deep — nothing can be said of the call; export the network again
            y/t/y: If: it has no `else_branch` — the node is not as its operator is defined; export the network again
            y/y: If: it has no `else_branch` — the node is not as its operator is defined; export the network again
            row: y/t/y: If: it has no `else_branch`
            row: y/y: If: it has no `else_branch`
    "#]].assert_eq(&each(&cases));
}

/// How long the message in a field is.
fn inner_length(field: &[u8]) -> usize {
    let length = field[1..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
    field.len() - 1 - length
}

#[test]
fn elements_in_other_files() {
    const BESIDE: &[(&str, &[u8])] = &[("two.bin", &[6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])];
    let mut all = String::new();
    for (location, offset, opened) in [
        ("two.bin", "0", true),
        ("./two.bin", "0", true),
        ("none.bin", "0", true),
        ("two.bin", "8", true),
        ("two.bin", "18446744073709551615", true),
        ("two.bin", "-5", true),
        ("../../../etc/passwd", "0", false),
        ("below/../../two.bin", "0", false),
        ("/etc/passwd", "0", false),
        ("C:\\two.bin", "0", false),
        ("..\\two.bin", "0", false),
        ("\\\\host\\two.bin", "0", false),
    ] {
        let whole = graph(&[outside(location, offset), node("Reshape", &["x", "sizes"], &["y"], &[])]);
        let source = Bytes { whole, beside: BESIDE, asked: Rc::default() };
        all += &format!("{location} at {offset}:\n    {}\n", said(&source));
        assert_eq!(source.asked.borrow().len(), usize::from(opened), "{location}");
    }
    expect![[r#"
        two.bin at 0:
            (1 rows, nothing to say)
        ./two.bin at 0:
            (1 rows, nothing to say)
        none.bin at 0:
            (1 rows, nothing to say)
        two.bin at 8:
            the tensor `sizes` is said to begin at byte 8 of `two.bin` and takes 16, and that file has 16 — the two files do not belong together; get both again
        two.bin at 18446744073709551615:
            the tensor `sizes` is said to begin at byte 18446744073709551615 of `two.bin` and takes 16, and that file has 16 — the two files do not belong together; get both again
        two.bin at -5:
            the tensor `sizes` is said to begin at byte -5 of `two.bin` and takes 16, and that file has 16 — the two files do not belong together; get both again
        ../../../etc/passwd at 0:
            the tensor `sizes` is said to stand in `../../../etc/passwd`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
        below/../../two.bin at 0:
            the tensor `sizes` is said to stand in `below/../../two.bin`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
        /etc/passwd at 0:
            the tensor `sizes` is said to stand in `/etc/passwd`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
        C:\two.bin at 0:
            the tensor `sizes` is said to stand in `C:\\two.bin`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
        ..\two.bin at 0:
            the tensor `sizes` is said to stand in `..\\two.bin`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
        \\host\two.bin at 0:
            the tensor `sizes` is said to stand in `\\\\host\\two.bin`, which is not beside the model; nothing was read there — put the file into the model's folder, if you trust the one who made it
    "#]].assert_eq(&all);
}

/// A file without end that is the same bytes again and again behind its beginning; how much of it was read.
struct Endless {
    begins: Vec<u8>,
    again: &'static [u8],
    size: u64,
    read: Cell<u64>,
}

impl Source for Endless {
    fn name(&self) -> &str {
        "given.onnx"
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        self.read.set(self.read.get() + (range.end - range.start));
        assert!(self.read.get() < 1 << 26, "more is read than is needed");
        let (first, again) = (self.begins.len() as u64, self.again.len() as u64);
        let byte = |at: u64| match at < first {
            true => self.begins[at as usize],
            false => self.again[((at - first) % again) as usize],
        };
        Ok(range.map(byte).collect())
    }
}

/// A file of many gigabytes that is what it says ends in a message, or in a row, after the few bytes that tell it.
#[test]
fn large_files_are_not_read_whole() {
    const SIZE: u64 = 1 << 36;
    let open = |inner: &[u8]| {
        // A field that takes all that is left of the file.
        let mut all = number(1, 10);
        for key in inner {
            let left = SIZE - all.len() as u64 - 1;
            let length = varint(left - varint(left).len() as u64);
            all.extend([vec![*key], length].concat());
        }
        all
    };
    let mut all = String::new();
    for (what, inner, again) in [
        ("a text", &[0x3a, 0x12][..], &b"a"[..]),
        ("a tensor's name", &[0x3a, 0x2a, 0x42], b"a"),
        ("a tensor's elements", &[0x3a, 0x2a, 0x4a], b"a"),
        ("a tensor's sizes", &[0x3a, 0x2a, 0x0a], b"\x01"),
        ("an attribute's numbers", &[0x3a, 0x0a, 0x2a, 0x42], b"\x01"),
        ("an attribute's text", &[0x3a, 0x0a, 0x2a, 0x22], b"a"),
        ("nodes", &[0x3a], b"\x0a\x00"),
        ("a documentation", &[0x32], b"a"),
    ] {
        let source = Endless { begins: open(inner), again, size: SIZE, read: Cell::new(0) };
        all += &format!("{what}:\n    {}\n", said(&source));
    }
    expect![[r#"
        a text:
            byte 16: a text of 68719476720 bytes, and at most 1048576 are read — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a tensor's name:
            byte 23: a text of 68719476713 bytes, and at most 1048576 are read — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a tensor's elements:
            (0 rows, nothing to say)
        a tensor's sizes:
            byte 68719476736: a tensor of more than 64 axes — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        an attribute's numbers:
            row: the node does not say its operator
        an attribute's text:
            row: the node does not say its operator
        nodes:
            byte 2097163: more than 1048576 nodes — the file is damaged, was cut short when it was copied, or is another kind of file; get it again
        a documentation:
            there is no graph in it — give a model as ONNX writes it, not one of its parts
    "#]].assert_eq(&all);
}

/// A file that ends at any field's boundary, and before and behind it.
#[test]
fn a_file_may_end_at_every_field() {
    let whole = file(
        &[
            ints("t", &[3, 2]),
            outside("two.bin", "0"),
            node("Reshape", &["x", "t"], &["y"], &[attribute("allowzero", number(3, 1))]),
            within(2, "x", node("Relu", &["y"], &["z"], &[])),
            field(12, field(1, "y")),
        ],
        &[field(8, number(2, 17)), function("F0", &[bare("Relu", &["a"], &["b"])])],
    );
    for end in 0..whole.len() {
        assert!(!said(&alone(whole[..end].to_vec())).is_empty());
    }
}
