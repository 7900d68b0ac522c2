//! The loss: what the last layer says is scored against the class.

use burn_tensor::{Device, Tensor, TensorData, activation};
use workings::training::Score;
use workings::{Fault, Model};

use crate::values::Values;

/// How a network names a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// One unit: near 0 for the first class, near 1 for the second. Binary cross-entropy.
    Two,
    /// A unit a class. Cross-entropy.
    Many,
}

impl Loss {
    /// The loss for a network whose one end has this shape (channels, then space) and activation, and so many classes.
    ///
    /// A fault where the end is none of the two, or has too few units.
    pub fn of(
        model: &Model,
        end: usize,
        units: &[usize],
        activation: Option<&str>,
        classes: &[String],
    ) -> Result<Loss, Fault> {
        let layer = &model.layers[end];
        let at = |says: String| Fault::new(format!("{}: {says}", layer.name)).at(layer.place);
        let shape = || units.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
        let ends = "a network that learns classes ends in one unit with sigmoid (two classes), or in a unit a class with softmax";
        let count = units[0];
        if units[1..].iter().any(|size| *size != 1) {
            return Err(at(format!("the network ends in {} numbers (channels, then space)", shape())).hint(ends));
        }
        match (count, activation) {
            (_, Some(other)) if !matches!(other, "sigmoid" | "softmax") => {
                Err(at(format!("the network ends in `{other}`")).hint(ends))
            }
            (1, Some("softmax")) => {
                Err(at("a softmax of one unit is always 1, so there is nothing to learn".to_owned())
                    .hint("take sigmoid, or a unit a class"))
            }
            (1, _) if classes.len() == 2 => Ok(Loss::Two),
            (_, Some("sigmoid")) if count > 1 => {
                Err(at(format!("the network ends in {count} units with sigmoid, which may all be right at once"))
                    .hint(ends))
            }
            _ if classes.len() > count => {
                let found = classes.len();
                let units = if count == 1 { "1 unit".to_owned() } else { format!("{count} units") };
                Err(at(format!("there are {found} classes, and the last layer has {units}"))
                    .hint(format!("give it {found} units with softmax, or fewer classes")))
            }
            _ => Ok(Loss::Many),
        }
    }

    /// The loss of a batch, a number that gradients lead back from, and the score: `scores` is what the network says before
    /// its last activation, batch × units.
    pub fn of_batch(self, scores: Tensor<2>, classes: &[usize]) -> Result<(Tensor<1>, Score), Fault> {
        let [images, units] = scores.dims();
        let said = Values::from(scores.clone()).to_vec()?;
        let right = said.chunks_exact(units).zip(classes).filter(|(said, class)| self.named(said) == **class).count();
        let device = scores.device();
        let loss = match self {
            Loss::Two => {
                let wanted = classes.iter().map(|class| *class as f32).collect();
                binary(scores, tensor(wanted, [images, 1], &device))
            }
            Loss::Many => {
                let mut wanted = vec![0.0; images * units];
                classes.iter().enumerate().for_each(|(image, class)| wanted[image * units + class] = 1.0);
                let logarithms = activation::log_softmax(scores, 1);
                (logarithms * tensor(wanted, [images, units], &device)).sum() / -(images as f64)
            }
        };
        let number = Values::from(loss.clone()).to_vec()?.first().copied().unwrap_or(f32::NAN);
        Ok((loss, Score { loss: number.into(), accuracy: right as f64 / images as f64 }))
    }

    /// The class that is named by these scores.
    fn named(self, said: &[f32]) -> usize {
        match self {
            Loss::Two => usize::from(said[0] >= 0.0),
            Loss::Many => {
                let first = said.iter().enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
                first.map_or(0, |(unit, _)| unit)
            }
        }
    }
}

/// −log of what sigmoid gives the right class, the mean over the batch: max(x, 0) − x·t + log(1 + e^−|x|), which keeps its
/// digits where x is large (PyTorch `binary_cross_entropy_with_logits`).
fn binary(scores: Tensor<2>, wanted: Tensor<2>) -> Tensor<1> {
    let beyond = scores.clone().abs().neg().exp().log1p();
    (activation::relu(scores.clone()) - scores * wanted + beyond).mean()
}

fn tensor(elements: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(elements, shape), device)
}
