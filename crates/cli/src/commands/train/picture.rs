//! The curves as PNG: the SVG, drawn.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use workings::Fault;

/// Two pixels for each of the SVG's: sharp on paper and on fine screens.
const SCALE: f32 = 2.0;

/// An SVG picture as PNG. Its text is set in DejaVu Sans, which is part of the program: no font of the machine is needed.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, Fault> {
    let cannot = |error: String| Fault::new(format!("the curves could not be drawn as PNG: {error}"));
    let mut options = Options { font_family: "DejaVu Sans".to_owned(), ..Options::default() };
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    let tree = Tree::from_str(svg, &options).map_err(|error| cannot(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| cannot("it has no size".to_owned()))?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| cannot("it has no size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| cannot(error.to_string()))
}
