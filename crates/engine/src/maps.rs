//! What a layer gives, as a picture: a person sees what the sheet's `150×150×32` is, thirty-two maps of 150 × 150.
//!
//! Every map is grey from its own smallest value (black) to its own largest (white), so that a weak one shows as much as a
//! strong one; which of two maps has the larger values, their brightness does not say. A map that is the same everywhere is
//! black. What is no number is red. Lines between maps, and places where no map is left, are blue.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use workings::Fault;

use crate::Values;

/// A picture of what a layer gives.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The picture, a PNG file.
    pub png: Vec<u8>,
    /// How many of its maps, or of its units, are in the picture.
    pub shown: usize,
    /// How many there are.
    pub of: usize,
}

const LINE: Rgb<u8> = Rgb([58, 96, 160]);
const NO_NUMBER: Rgb<u8> = Rgb([208, 48, 48]);

/// The most maps, and the most units with lines between them.
const MOST_MAPS: usize = 1024;
/// The most pixels of a picture with several maps.
const MOST_PIXELS: usize = 1 << 25;
/// The least side of a map, and what a picture with few maps comes up to.
const SIDE: usize = 64;
const WIDTH: usize = 512;

/// Units in a row, the last of them where there are too many for lines between them, and the most rows of these.
const UNITS_A_ROW: [usize; 2] = [32, 128];
const MOST_ROWS: usize = 1024;

/// An output of one example: its maps beside each other, in rows from the left, or its units as squares, which have one scale
/// together. A sequence is one map, positions down and features across, as the sheet writes it.
///
/// A fault if the device could not give the values.
pub fn draw(values: &Values) -> Result<Drawn, Fault> {
    let shape = values.shape();
    let elements = values.to_vec()?;
    match shape[1..] {
        [] | [_] => Ok(units(&elements)),
        // A map of one value has no scale of its own.
        [.., 1, 1] => Ok(units(&elements)),
        [features, positions] => {
            let tones = toned(&elements);
            Ok(Grid::of_maps(1, positions, features).drawn(1, |_, y, x| tones.get(x * positions + y)))
        }
        [.., height, width] => {
            let maps = elements.len().checked_div(height * width).unwrap_or(0);
            let tones: Vec<Rgb<u8>> = elements.chunks((height * width).max(1)).flat_map(toned).collect();
            Ok(Grid::of_maps(maps, height, width).drawn(maps, |map, y, x| tones.get((map * height + y) * width + x)))
        }
    }
}

/// An input of one example: in its own colours if it is an image of one channel or three, from 0 (black) to 1; else as
/// [`draw`] shows it.
pub fn input(values: &Values) -> Result<Drawn, Fault> {
    let [_, channels @ (1 | 3), height, width] = values.shape()[..] else { return draw(values) };
    let elements = values.to_vec()?;
    let plane = height * width;
    let byte = |at: usize| (elements[at].clamp(0.0, 1.0) * 255.0).round() as u8;
    let colours: Vec<Rgb<u8>> = (0..plane)
        .map(|at| Rgb([0, 1, 2].map(|channel: usize| byte(channel.min(channels - 1) * plane + at))))
        .collect();
    Ok(Grid::of_maps(1, height, width).drawn(1, |_, y, x| colours.get(y * width + x)))
}

fn units(elements: &[f32]) -> Drawn {
    let tones = toned(elements);
    let [few, many] = UNITS_A_ROW;
    let count = tones.len();
    if count <= MOST_MAPS {
        let columns = count.clamp(1, few);
        let scale = (WIDTH / columns).min(SIDE);
        let grid = Grid { tiles: count, columns, height: 1, width: 1, scale };
        return grid.drawn(count, |unit, _, _| tones.get(unit));
    }
    // Too many for lines: all of them are one map.
    let height = count.div_ceil(many).min(MOST_ROWS);
    let grid = Grid { tiles: 1, columns: 1, height, width: many, scale: WIDTH / many };
    let drawn = grid.drawn(1, |_, y, x| tones.get(y * many + x));
    Drawn { shown: count.min(many * MOST_ROWS), of: count, ..drawn }
}

/// Every value as a grey between the smallest and the largest of them.
fn toned(values: &[f32]) -> Vec<Rgb<u8>> {
    let finite = || values.iter().copied().filter(|value| value.is_finite()).map(f64::from);
    let (least, most) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let tone = |value: &f32| match value.is_finite() {
        false => NO_NUMBER,
        true if most > least => Rgb([((f64::from(*value) - least) / (most - least) * 255.0).round() as u8; 3]),
        true => Rgb([0; 3]),
    };
    values.iter().map(tone).collect()
}

/// Tiles of one size in rows, a line of one pixel round each.
struct Grid {
    tiles: usize,
    columns: usize,
    height: usize,
    width: usize,
    /// How many pixels wide and high a value is.
    scale: usize,
}

impl Grid {
    /// For so many maps: as many columns as rows, or up to twice as many where fewer places are left over.
    fn of_maps(maps: usize, height: usize, width: usize) -> Grid {
        let (tall, wide) = (height.max(1), width.max(1));
        let mut tiles = maps.min(MOST_MAPS);
        loop {
            let least = ((tiles as f64).sqrt().ceil() as usize).max(1);
            let left = |columns: &usize| tiles.next_multiple_of(*columns) - tiles;
            let columns = (least..=2 * least).min_by_key(left).unwrap_or(least);
            let longest = (columns * wide).max(tiles.div_ceil(columns) * tall);
            let scale = SIDE.div_ceil(tall.max(wide)).max(WIDTH / longest);
            let grid = Grid { tiles, columns, height, width, scale };
            let [across, down] = grid.size();
            if tiles <= 1 || across.saturating_mul(down) <= MOST_PIXELS {
                return grid;
            }
            tiles /= 2;
        }
    }

    /// Pixels across and down.
    fn size(&self) -> [usize; 2] {
        let side = |tiles: usize, values: usize| tiles * (values * self.scale + 1) + 1;
        [side(self.columns, self.width), side(self.tiles.div_ceil(self.columns), self.height)]
    }

    /// The tiles with the colour that is given for each of their values, which may have none.
    fn drawn<'c>(&self, of: usize, colour: impl Fn(usize, usize, usize) -> Option<&'c Rgb<u8>>) -> Drawn {
        let [across, down] = self.size();
        let mut picture = RgbImage::from_pixel(across as u32, down as u32, LINE);
        for tile in 0..self.tiles {
            let left = tile % self.columns * (self.width * self.scale + 1) + 1;
            let top = tile / self.columns * (self.height * self.scale + 1) + 1;
            for y in 0..self.height * self.scale {
                for x in 0..self.width * self.scale {
                    if let Some(colour) = colour(tile, y / self.scale, x / self.scale) {
                        picture.put_pixel((left + x) as u32, (top + y) as u32, *colour);
                    }
                }
            }
        }
        let mut png = Cursor::new(Vec::new());
        let written = picture.write_to(&mut png, ImageFormat::Png);
        debug_assert!(written.is_ok(), "memory takes whatever is written to it");
        Drawn { png: png.into_inner(), shown: self.tiles, of }
    }
}
