//! Deformable convolution: a kernel of which every weight looks at a place of its own, which is computed.
//!
//! - Shape, weights and biases: those of a convolution (Dai et al. 2017, <https://arxiv.org/abs/1703.06211>; Zhu et al. 2018,
//!   <https://arxiv.org/abs/1811.11168>; ONNX operator `DeformConv`). The places, and a mask if there is one, are inputs.
//! - Multiply-adds: those of the convolution. What reading between the positions takes is not among them.

use super::{Onnx, Operator, conv};
use crate::node::Role;

pub(super) const OPERATOR: Operator = Operator {
    name: "deformconv",
    title: "Deformable convolution",
    onnx: &[Onnx::word("DeformConv", |call| conv::placed(call, &[("weight", 1), ("bias", 3)])).with(&[
        None,
        Some(Role::Weight),
        None,
        Some(Role::Bias),
    ])],
    ..Operator::NEW
};
