//! What layers give, as pictures: every value stands where it belongs, in the grey that it should have.

use engine::maps::{self, Drawn};
use engine::{Network, Picture, Values};
use image::{Rgb, RgbImage};

const LINE: [u8; 3] = [58, 96, 160];
const RED: [u8; 3] = [208, 48, 48];

fn values(shape: &[usize], elements: &[f32]) -> Values {
    let device = engine::device("cpu").expect("it is always there");
    Values::new(shape, elements.to_vec(), &device).expect("as many as the shape holds")
}

fn picture(drawn: &Drawn) -> RgbImage {
    image::load_from_memory(&drawn.png).expect("a PNG").to_rgb8()
}

/// The colours in the middle of each square of a picture that has so many across and down, lines left out.
fn squares(drawn: &Drawn, across: u32, down: u32) -> Vec<[u8; 3]> {
    let picture = picture(drawn);
    let middle = |at: u32, of: u32, length: u32| (2 * at + 1) * length / (2 * of);
    let colour = |y: u32, x: u32| {
        let Rgb(colour) = *picture.get_pixel(middle(x, across, picture.width()), middle(y, down, picture.height()));
        colour
    };
    (0..down).flat_map(|y| (0..across).map(move |x| (y, x))).map(|(y, x)| colour(y, x)).collect()
}

fn grey(tones: &[u8]) -> Vec<[u8; 3]> {
    tones.iter().map(|tone| [*tone; 3]).collect()
}

/// A kernel of 1 × 1 that is 1 gives what it is given: the map has the picture's own pixels.
#[test]
fn a_layer_that_changes_nothing_shows_the_input() {
    let (model, _) = formats::net::read("input 2x3x1\nconv 1x1, 1\n");
    let device = engine::device("cpu").expect("it is always there");
    let mut network = Network::build(&model, &Default::default(), 0, &device).expect("it is built");
    network.set("conv1.weight", vec![1.0]).expect("one element");
    network.set("conv1.bias", vec![0.0]).expect("one element");
    let pixels = [0, 10, 60, 128, 250, 255];
    let input = Picture { shape: [1, 2, 3], bytes: pixels.to_vec() };
    let input = Picture::batch(&[input], &device).expect("a batch");
    let outputs = network.forward(std::slice::from_ref(&input), false).expect("it runs");
    let (map, own) = (maps::draw(&outputs[0]).expect("a map"), maps::input(&input).expect("a picture"));
    assert_eq!((map.shown, map.of), (1, 1));
    assert_eq!(squares(&map, 3, 2), grey(&pixels));
    assert_eq!(squares(&own, 3, 2), grey(&pixels));
    // 512 / 3 is 170 pixels a value, and a line of one pixel at either side.
    assert_eq!(picture(&map).dimensions(), (512, 342));
    for corner in [(0, 0), (511, 341), (0, 100), (200, 341)] {
        assert_eq!(picture(&map).get_pixel(corner.0, corner.1).0, LINE);
    }
}

#[test]
fn an_input_of_three_channels_has_its_colours() {
    let input = values(&[1, 3, 1, 2], &[1.0, 0.0, 0.2, 0.4, 0.0, 1.0]);
    assert_eq!(squares(&maps::input(&input).expect("a picture"), 2, 1), [[255, 51, 0], [0, 102, 255]]);
}

/// Each of them from its own smallest value to its own largest; a place that is left over has the colour of the lines.
#[test]
fn maps_stand_in_rows_each_with_its_own_scale() {
    let elements = [[1.0, 3.0], [-100.0, 100.0], [7.0, 7.0], [0.0, 0.0], [2.0, 1.0], [0.0, 4.0], [9.0, 8.0]];
    // Seven maps have three columns at least; with four, one place is left over.
    let drawn = maps::draw(&values(&[1, 7, 1, 2], elements.as_flattened())).expect("maps");
    assert_eq!((drawn.shown, drawn.of), (7, 7));
    let first = [0, 255, 0, 255, 0, 0, 0, 0];
    assert_eq!(squares(&drawn, 8, 2)[..8], grey(&first));
    assert_eq!(squares(&drawn, 8, 2)[8..14], grey(&[255, 0, 0, 255, 255, 0]));
    assert_eq!(squares(&drawn, 8, 2)[14..], [LINE; 2]);
}

/// −1, 0 and 1 are black, 127.5 (rounded up) and white; what is no number takes no part in the scale.
#[test]
fn units_have_one_scale_together() {
    let drawn = maps::draw(&values(&[1, 4], &[-1.0, f32::NAN, 0.0, 1.0])).expect("units");
    assert_eq!(squares(&drawn, 4, 1), [[0; 3], RED, [128; 3], [255; 3]]);
    let maps_of_one_value = maps::draw(&values(&[1, 2, 1, 1], &[1.0, 3.0])).expect("units");
    assert_eq!(squares(&maps_of_one_value, 2, 1), grey(&[0, 255]));
    // A second row begins after 32.
    let rows: Vec<f32> = (0..64).map(|n| if n < 32 { 0.0 } else { 1.0 }).collect();
    let squares = squares(&maps::draw(&values(&[1, 64], &rows)).expect("units"), 32, 2);
    assert_eq!(squares, grey(&[[0; 32], [255; 32]].concat()));
}

/// Positions go down and features across, as a sheet writes 3×2.
#[test]
fn a_sequence_is_one_map() {
    let drawn = maps::draw(&values(&[1, 2, 3], &[0.0, 51.0, 102.0, 153.0, 204.0, 255.0])).expect("a map");
    assert_eq!(squares(&drawn, 2, 3), grey(&[0, 153, 51, 204, 102, 255]));
}

#[test]
fn what_is_too_much_for_a_picture_is_said() {
    let zeros = |shape: &[usize]| maps::draw(&values(shape, &vec![0.0; shape.iter().product()])).expect("a picture");
    let many = zeros(&[1, 1_030, 1, 2]);
    assert_eq!((many.shown, many.of), (1_024, 1_030));
    let units = zeros(&[1, 128 * 1_024 + 1]);
    assert_eq!((units.shown, units.of), (128 * 1_024, 128 * 1_024 + 1));
    let all = zeros(&[1, 5_000]);
    assert_eq!((all.shown, all.of), (5_000, 5_000));
}
