//! Words that people bring along from elsewhere, and the word of the notation that each means. They serve hints alone: none
//! of them is read.

use workings::ops;

/// Words of other notations, in small letters, without `_` and `-`, and without the axes at their end (`maxpool2d`).
const WORDS: &[(&[&str], &str)] = &[
    (&["convolution", "convolutional"], "conv"),
    (&["depthwiseconv", "dwconv"], "depthwise"),
    (&["separableconv", "sepconv"], "separable"),
    (
        &["convtranspose", "conv1dtranspose", "conv2dtranspose", "conv3dtranspose", "transposedconv", "transposeconv"],
        "transposed",
    ),
    (&["deconv", "deconvolution", "upconv", "transpose"], "transposed"),
    (&["maxpool", "maxpooling"], "pool"),
    (&["averagepool", "averagepooling", "avgpooling", "meanpool"], "avgpool"),
    (&["globalavgpool", "globalaveragepool", "globalavgpooling", "globalaveragepooling", "gap"], "globalpool"),
    (&["globalmaxpooling", "gmp"], "globalmaxpool"),
    (&["adaptiveavgpool", "adaptiveaveragepool"], "adaptivepool"),
    (&["linear", "fc", "fullyconnected", "innerproduct", "gemm"], "dense"),
    (&["flat"], "flatten"),
    (&["view"], "reshape"),
    (&["lrelu"], "leakyrelu"),
    (&["swish"], "silu"),
    (&["hswish"], "hardswish"),
    (&["hsigmoid"], "hardsigmoid"),
    (&["bn", "batchnormalization"], "batchnorm"),
    (&["ln", "layernormalization"], "layernorm"),
    (&["gn", "groupnormalization"], "groupnorm"),
    (&["instancenormalization"], "instancenorm"),
    (&["rmsnormalization"], "rmsnorm"),
    (&["sum", "plus", "merge"], "add"),
    (&["mul", "product"], "multiply"),
    (&["concatenate", "cat"], "concat"),
    (&["zeropadding"], "zeropad"),
    (&["cropping"], "crop"),
    (&["upsampling", "interpolate", "resize"], "upsample"),
    (&["embed"], "embedding"),
    (&["simplernn"], "rnn"),
    (&["mha", "multiheadattention", "selfattention"], "attention"),
    (&["padding"], "pad"),
    (&["strides"], "stride"),
    (&["dilationrate"], "dilation"),
    (&["outputpadding"], "extra"),
    (&["depthmultiplier"], "multiplier"),
    (&["numlayers"], "layers"),
    (&["returnsequences"], "sequence"),
    (&["projsize"], "projection"),
    (&["kernelsize", "kernel", "ksize", "poolsize"], "KERNEL"),
    (&["kernels", "filters", "outchannels", "channels"], "KERNELS"),
    (&["units", "outfeatures", "hiddensize"], "UNITS"),
    (&["heads", "numheads", "nhead"], "HEADS"),
    (&["rate"], "RATE"),
];

/// The word of the notation that a word of another one means: a layer's, an option's, or, in capitals, an argument's that
/// stands without a word.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    const LONGEST: usize = 40;
    if word.len() > LONGEST {
        return None;
    }
    let plain: String = word.to_lowercase().chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let bare = ["1d", "2d", "3d"].iter().find_map(|axes| plain.strip_suffix(axes)).unwrap_or(&plain);
    let layer = [plain.as_str(), bare].into_iter().find_map(ops::by_word).map(|(_, means)| means.word);
    layer.or_else(|| {
        let known = |words: &[&str]| words.contains(&plain.as_str()) || words.contains(&bare);
        WORDS.iter().find(|(words, _)| known(words)).map(|(_, means)| *means)
    })
}
