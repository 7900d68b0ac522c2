//! Recurrent layers in ONNX: one operator a layer, both directions in it, its gates in an order of its own.

use workings::Fault;

use super::Writer;
use super::graph::Attribute::{Int, Ints, Text};
use crate::export::plan::Recurrent;

impl Writer<'_, '_> {
    /// The layers one after the other. `x` is batch × length × features, which ONNX wants with the length first.
    pub(super) fn recurrent(&mut self, of: &Recurrent, x: &str) -> Result<String, Fault> {
        if of.projection.is_some() {
            return Err(self.step.cannot("ONNX has no projection behind an LSTM", "leave out `projection`"));
        }
        // PyTorch's gates are i, f, g, o and r, z, n; ONNX has i, o, f, c and z, r, h.
        let (operator, order): (_, &[usize]) = match of.kind {
            "lstm" => ("LSTM", &[0, 3, 1, 2]),
            "gru" => ("GRU", &[1, 0, 2]),
            _ => ("RNN", &[0]),
        };
        let directions: &[&str] = if of.both { &["", "_reverse"] } else { &[""] };
        let mut sequence = self.node("Transpose", &[x], &[("perm", Ints(vec![1, 0, 2]))]);
        let mut last = String::new();
        for layer in 0..of.layers {
            let tensor = |writer: &mut Self, name: &str| {
                let parts: Vec<String> = directions
                    .iter()
                    .map(|direction| {
                        let own = writer.tensor(&format!("{name}_l{layer}{direction}"));
                        let own = match own.is_empty() {
                            true => writer.graph.filled(0.0, &[order.len() as i64 * of.units]),
                            false => own,
                        };
                        writer.gates(&own, order, of.units)
                    })
                    .collect();
                writer.stacked(&parts)
            };
            let [w, r] = ["weight_ih", "weight_hh"].map(|name| tensor(self, name));
            let mut inputs = vec![sequence.clone(), w, r];
            if of.biases > 0 {
                let biases = ["bias_ih", "bias_hh"].map(|name| tensor(self, name));
                inputs.push(self.node("Concat", &[&biases[0], &biases[1]], &[("axis", Int(1))]));
            }
            let mut attributes = vec![
                ("hidden_size", Int(of.units)),
                ("direction", Text(if of.both { "bidirectional" } else { "forward" })),
            ];
            if of.kind == "gru" {
                // With one bias a gate, the reset comes before the product.
                attributes.push(("linear_before_reset", Int(i64::from(of.biases != 1))));
            }
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
            let outputs = self.graph.nodes(operator, &inputs, &attributes, 2);
            // Length × directions × batch × units.
            let turned = self.node("Transpose", &[&outputs[0]], &[("perm", Ints(vec![0, 2, 1, 3]))]);
            let shape = self.graph.ints(&[0, 0, -1]);
            sequence = self.node("Reshape", &[&turned, &shape], &[]);
            last = outputs[1].clone();
        }
        if !of.last {
            return Ok(self.node("Transpose", &[&sequence], &[("perm", Ints(vec![1, 0, 2]))]));
        }
        let turned = self.node("Transpose", &[&last], &[("perm", Ints(vec![1, 0, 2]))]);
        let shape = self.graph.ints(&[0, -1]);
        Ok(self.node("Reshape", &[&turned, &shape], &[]))
    }

    /// A tensor with its gates in ONNX's order.
    fn gates(&mut self, tensor: &str, order: &[usize], units: i64) -> String {
        if order.len() == 1 {
            return tensor.to_owned();
        }
        let sizes = self.graph.ints(&vec![units; order.len()]);
        let parts = self.graph.nodes("Split", &[tensor, &sizes], &[("axis", Int(0))], order.len());
        let parts: Vec<&str> = order.iter().map(|at| parts[*at].as_str()).collect();
        self.node("Concat", &parts, &[("axis", Int(0))])
    }

    /// The directions on an axis of their own.
    fn stacked(&mut self, parts: &[String]) -> String {
        let axis = self.graph.ints(&[0]);
        let parts: Vec<String> = parts.iter().map(|part| self.node("Unsqueeze", &[part, &axis], &[])).collect();
        match &parts[..] {
            [one] => one.clone(),
            _ => self.node("Concat", &parts.iter().map(String::as_str).collect::<Vec<_>>(), &[("axis", Int(0))]),
        }
    }
}
