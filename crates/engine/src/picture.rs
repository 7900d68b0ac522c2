//! Pictures as networks take them: PNG and JPEG, in the channels and the size of an input.

use std::io::{Cursor, ErrorKind};

use image::imageops::FilterType;
use image::{DynamicImage, ImageError, ImageFormat, ImageReader};
use workings::Fault;

use crate::{Device, Values};

/// A picture in the shape of a network's input: channels × height × width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Channels, height, width.
    pub shape: [usize; 3],
    /// A byte an element, the last axis running fastest.
    pub bytes: Vec<u8>,
}

/// The shape of pictures for an input of this shape, which must be an image of one channel (grey) or three (red, green,
/// blue); a fault says what it is otherwise. `network` is what it is called.
pub fn shape(network: &str, inputs: &[Vec<usize>]) -> Result<[usize; 3], Fault> {
    let says = |what: String| {
        Fault::new(format!("{network}: {what}, and a picture goes into one input of height × width × channels"))
    };
    match inputs {
        [input] => match input[..] {
            [channels @ (1 | 3), height, width] => Ok([channels, height, width]),
            [channels, _, _] => Err(Fault::new(format!(
                "{network}: its input has {channels} channels, and a picture has 1 (grey) or 3 (red, green, blue)"
            ))),
            [_] => Err(says("its input is a vector".to_owned())),
            _ => Err(says(format!("its input has {} axes", input.len()))),
        },
        _ => Err(says(format!("it has {} inputs", inputs.len()))),
    }
}

impl Picture {
    /// Reads a PNG or JPEG file and brings it into this shape.
    ///
    /// Grey becomes three equal channels; colours become one by 0.2126 R + 0.7152 G + 0.0722 B (Rec. ITU-R BT.709);
    /// transparency is dropped; 16 bits become 8. Another size is stretched to the input's, sides as they come, by linear
    /// interpolation over the area that shrinks to a pixel (torchvision's and Pillow's bilinear with antialias).
    ///
    /// What is wrong with the file, if anything is: it is none of these, or ends before the picture does.
    pub fn read(bytes: &[u8], shape: [usize; 3]) -> Result<Picture, String> {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
        match reader.format() {
            Some(ImageFormat::Png) => {}
            Some(ImageFormat::Jpeg) if is_whole(bytes) => {}
            // The decoder would make grey of what is missing, and say nothing.
            Some(ImageFormat::Jpeg) => return Err(CUT.to_owned()),
            _ => return Err("it is neither PNG nor JPEG".to_owned()),
        }
        let picture = reader.decode().map_err(|error| match error {
            ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => CUT.to_owned(),
            error => format!("it cannot be read: {}", error.to_string().trim_end()),
        })?;
        let [channels, height, width] = shape;
        let picture = match channels {
            1 => DynamicImage::ImageLuma8(picture.to_luma8()),
            _ => DynamicImage::ImageRgb8(picture.to_rgb8()),
        };
        let picture = match (picture.height() as usize, picture.width() as usize) == (height, width) {
            true => picture,
            false => picture.resize_exact(width as u32, height as u32, FilterType::Triangle),
        };
        let pixels = picture.as_bytes();
        let plane = |channel: usize| pixels.iter().skip(channel).step_by(channels).copied();
        Ok(Picture { shape, bytes: (0..channels).flat_map(plane).collect() })
    }

    /// A batch of pictures of one shape as a network takes them: 0 is black, 1 white.
    pub fn batch(pictures: &[Picture], device: &Device) -> Result<Values, Fault> {
        let shape = pictures.first().map_or([0; 3], |picture| picture.shape);
        let [channels, height, width] = shape;
        let elements = pictures.iter().flat_map(|picture| &picture.bytes).map(|byte| f32::from(*byte) / 255.0);
        Values::new(&[pictures.len(), channels, height, width], elements.collect(), device)
    }
}

/// What is said of a file that is not whole.
const CUT: &str = "it ends before the picture does";

/// Whether a JPEG file goes on to the end of its picture, whatever stands behind that (Rec. ITU-T T.81, annex B): segments,
/// which tell their length, and behind some of them a scan, in which no 0xff begins a segment or the end.
fn is_whole(bytes: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let begins = |two: &[u8]| two[0] == 0xff && !matches!(two[1], 0x00 | 0x01 | 0xd0..=0xd8 | 0xff);
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(begins) {
        rest = &rest[at..];
        if rest[1] == END {
            return true;
        }
        let [_, _, high, low, ..] = *rest else { return false };
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default();
    }
    false
}
