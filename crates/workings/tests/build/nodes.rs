//! Networks of one node, as ONNX has them: for names and claims that only rules of nodes use.

use std::rc::Rc;

use workings::graph::{Attribute, Dtype, Numbers, Raw, Stored};
use workings::ledger::Binds;
use workings::model::{From, Input, Layer, Layout, Model, Rules, Size};
use workings::{Finding, Ledger, ops};

/// A node: its word, the shapes of its inputs, tensors that stand in the file after them, its attributes.
#[derive(Clone, Debug)]
pub struct Sample {
    pub domain: &'static str,
    pub kind: &'static str,
    pub inputs: Vec<Vec<i64>>,
    pub stored: Vec<(Vec<i64>, Option<Vec<i64>>)>,
    pub attributes: Vec<(&'static str, Attribute)>,
    pub outputs: usize,
    pub version: i64,
}

/// A node of these inputs that gives one tensor.
pub fn node(kind: &'static str, inputs: &[&[i64]]) -> Sample {
    let inputs = inputs.iter().map(|shape| shape.to_vec()).collect();
    Sample { domain: "", kind, inputs, stored: Vec::new(), attributes: Vec::new(), outputs: 1, version: 22 }
}

impl Sample {
    /// With an attribute.
    pub fn with(mut self, name: &'static str, attribute: Attribute) -> Sample {
        self.attributes.push((name, attribute));
        self
    }

    /// Of ONNX Runtime's operator set.
    pub fn microsoft(self) -> Sample {
        Sample { domain: ops::MICROSOFT, ..self }
    }

    /// With a tensor that stands in the file.
    pub fn stored(mut self, shape: &[i64]) -> Sample {
        self.stored.push((shape.to_vec(), None));
        self
    }

    /// With whole numbers that stand in the file.
    pub fn told(mut self, numbers: &[i64]) -> Sample {
        self.stored.push((vec![numbers.len() as i64], Some(numbers.to_vec())));
        self
    }

    /// Giving so many tensors.
    pub fn giving(self, outputs: usize) -> Sample {
        Sample { outputs, ..self }
    }

    /// As the operator was in this version.
    pub fn version(self, version: i64) -> Sample {
        Sample { version, ..self }
    }

    pub fn ledger(&self) -> (Ledger, Vec<Finding>) {
        let input = |(at, shape): (usize, &Vec<i64>)| Input {
            name: format!("in{at}").into(),
            shape: shape.iter().map(|n| Size::Number(*n)).collect(),
            dtype: Dtype::FLOAT32,
            shapeless: false,
            numbers: None,
            place: Default::default(),
        };
        let stored = |(at, (shape, numbers)): (usize, &(Vec<i64>, Option<Vec<i64>>))| Stored {
            name: format!("stored{at}.weight").into(),
            dtype: if numbers.is_some() { Dtype::INT64 } else { Dtype::FLOAT32 },
            shape: shape.clone(),
            numbers: numbers.as_ref().map(|numbers| Numbers::Whole(numbers.clone().into())),
            constant: false,
        };
        let raw = Raw {
            domain: self.domain.into(),
            kind: self.kind.into(),
            version: self.version,
            attributes: self.attributes.iter().map(|(name, value)| (Rc::from(*name), value.clone())).collect(),
            outputs: (0..self.outputs).map(|at| format!("out{at}").into()).collect(),
            depth: 0,
            said: 0,
        };
        let from = (0..self.inputs.len() as u32).map(From::Input);
        let layer = Layer {
            name: self.kind.into(),
            op: ops::by_onnx(self.domain, self.kind),
            inputs: from.chain((0..self.stored.len() as u32).map(From::Stored)).collect(),
            raw: Some(Box::new(raw)),
            ..Layer::default()
        };
        let mut model = Model {
            inputs: self.inputs.iter().enumerate().map(input).collect(),
            layers: vec![layer],
            layout: Layout::AsInFile,
            rules: Rules::Onnx,
            ..Model::default()
        };
        model.graph.stored = self.stored.iter().enumerate().map(stored).collect();
        Ledger::of(model, &Binds::new())
    }
}

/// Nodes whose rules use names, or make claims, that no layer of the notation does.
pub fn samples() -> Vec<Sample> {
    vec![
        node("MatMul", &[&[2, 3, 4], &[5, 6]]),
        node("Split", &[&[2, 7]]).with("axis", Attribute::Int(1)).giving(3).version(13),
        node("Gather", &[&[9, 4], &[2, 3]]),
        node("MoE", &[&[3, 8], &[3, 4], &[4, 6, 8], &[4, 6], &[4, 8, 6]]).with("k", Attribute::Int(2)).microsoft(),
    ]
}
