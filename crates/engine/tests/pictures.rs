//! Pictures into networks: what PNG and JPEG files of every kind become, and which are refused. Expected bytes are worked
//! out by hand.

use std::io::Cursor;

use engine::{Picture, picture};
use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).expect("it is written");
    bytes.into_inner()
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    file(picture, ImageFormat::Png)
}

/// The bytes of a picture as an input of this shape has them.
#[track_caller]
fn read(file: &[u8], shape: [usize; 3]) -> Vec<u8> {
    let picture = Picture::read(file, shape).expect("it is a picture");
    assert_eq!(picture.shape, shape);
    picture.bytes
}

/// Black, red, green, blue.
fn colours() -> RgbImage {
    let colours = [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]];
    RgbImage::from_fn(2, 2, |x, y| Rgb(colours[(2 * y + x) as usize]))
}

#[test]
fn channels_stand_one_after_the_other() {
    let planes = [[0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255]].concat();
    assert_eq!(read(&png(colours()), [3, 2, 2]), planes);
}

/// 0.2126 · 255 = 54.2, 0.7152 · 255 = 182.4, 0.0722 · 255 = 18.4.
#[test]
fn colours_become_grey_as_bright_as_they_look() {
    assert_eq!(read(&png(colours()), [1, 2, 2]), [0, 54, 182, 18]);
}

#[test]
fn grey_becomes_three_equal_channels() {
    let grey = GrayImage::from_raw(2, 1, vec![7, 200]).expect("two bytes");
    assert_eq!(read(&png(grey.clone()), [3, 1, 2]), [7, 200, 7, 200, 7, 200]);
    assert_eq!(read(&png(grey), [1, 1, 2]), [7, 200]);
}

#[test]
fn transparency_is_dropped() {
    let clear = RgbaImage::from_pixel(1, 1, Rgba([10, 20, 30, 0]));
    assert_eq!(read(&png(clear), [3, 1, 1]), [10, 20, 30]);
}

/// 65,535 / 257 = 255, and 128 · 257 = 32,896.
#[test]
fn sixteen_bits_become_eight() {
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(1, 1, Rgb([65_535, 32_896, 0]));
    assert_eq!(read(&png(deep), [3, 1, 1]), [255, 128, 0]);
}

/// 128 is what a JPEG's samples are counted from (ITU-T T.81, A.3.1): every coefficient is 0, and nothing is lost.
#[test]
fn a_jpeg_is_read() {
    let grey = RgbImage::from_pixel(20, 12, Rgb([128; 3]));
    assert_eq!(read(&file(grey, ImageFormat::Jpeg), [3, 2, 2]), [128; 12]);
}

/// Four pixels become two: a pixel weighs 1 − d/2 at the distance d from the middle of the new one, which are ¾, ¾ and ¼:
/// 175 · ¼ / 1¾ = 25, and 175 · 1½ / 1¾ = 150.
#[test]
fn another_size_is_stretched() {
    let row = GrayImage::from_raw(4, 1, vec![0, 0, 175, 175]).expect("four bytes");
    assert_eq!(read(&png(row), [1, 1, 2]), [25, 150]);
    let flat = RgbImage::from_pixel(5, 3, Rgb([9, 90, 200]));
    assert_eq!(read(&png(flat), [3, 2, 4]), [[9; 8], [90; 8], [200; 8]].concat());
}

#[test]
fn black_is_0_and_white_1() {
    let device = engine::device("cpu").expect("it is always there");
    let picture = |bytes: &[u8]| Picture { shape: [1, 1, 3], bytes: bytes.to_vec() };
    let batch = Picture::batch(&[picture(&[0, 51, 255]), picture(&[255, 0, 0])], &device).expect("a batch");
    assert_eq!(batch.shape(), [2, 1, 1, 3]);
    assert_eq!(batch.to_vec().expect("values"), [0.0, 0.2, 1.0, 1.0, 0.0, 0.0]);
}

#[track_caller]
fn refused(file: &[u8], says: &str) {
    assert_eq!(Picture::read(file, [3, 8, 8]).expect_err("it is refused"), says);
}

#[test]
fn what_is_no_picture_is_refused() {
    for bytes in [&b""[..], b"hello", b"GIF89a and so on", b"BM and so on"] {
        refused(bytes, "it is neither PNG nor JPEG");
    }
}

/// A JPEG that is cut short within its picture is what a decoder makes grey of.
#[test]
fn what_is_cut_short_is_refused() {
    let busy = RgbImage::from_fn(64, 64, |x, y| Rgb([((x * 37) ^ (y * 11)) as u8, (x * y) as u8, (x * 4) as u8]));
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let whole = file(busy.clone(), format);
        assert!(Picture::read(&whole, [3, 8, 8]).is_ok());
        for part in [whole.len() / 2, whole.len() * 3 / 4, whole.len() * 9 / 10, 30] {
            refused(&whole[..part], "it ends before the picture does");
        }
        // What stands behind a picture, as a telephone's film does, is no part of it.
        let more = [&whole[..], &[0xff, 0xda, 0, 8, 1, 2, 3]].concat();
        assert!(Picture::read(&more, [3, 8, 8]).is_ok(), "{format:?}");
    }
}

#[test]
fn a_network_that_takes_no_picture_says_so() {
    let says = |inputs: &[&[usize]]| {
        let inputs: Vec<Vec<usize>> = inputs.iter().map(|shape| shape.to_vec()).collect();
        picture::shape("net", &inputs).expect_err("it takes none").says
    };
    assert!(says(&[&[2, 8, 8]]).contains("net: its input has 2 channels, and a picture has 1 (grey) or 3"));
    assert!(says(&[&[16]]).contains("its input is a vector"));
    assert!(says(&[&[3, 8, 8], &[3, 8, 8]]).contains("it has 2 inputs"));
    assert_eq!(picture::shape("net", &[vec![3, 4, 5]]), Ok([3, 4, 5]));
}
