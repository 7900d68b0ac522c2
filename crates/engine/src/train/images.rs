//! Images to learn from: a folder with one subfolder a class, as torchvision's `ImageFolder` and Keras's
//! `image_dataset_from_directory` take it, or `train` and `val` in it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use workings::Fault;

use super::{FNV, fnv};
use crate::memory;
use crate::picture::Picture;
use crate::random::Random;

/// What the folder of held-out images may be called, beside `train`.
const HELD_OUT: [&str; 3] = ["val", "valid", "validation"];

/// How deep in a class's folder images are looked for.
const DEEPEST: usize = 16;

/// The largest file that is taken for an image.
const LARGEST: u64 = 1 << 28;

/// How many images are read between two words of progress.
const AT_ONCE: usize = 64;

/// Images by class.
#[derive(Debug)]
pub struct Images {
    /// What the classes are called, in alphabetical order: the order of the last layer's units.
    pub classes: Vec<String>,
    /// Those to learn from.
    pub training: Vec<Example>,
    /// Those held out.
    pub validation: Vec<Example>,
    /// Files that no image could be read from, and why.
    pub left_out: Vec<(PathBuf, String)>,
    shape: [usize; 3],
}

/// An image and its class.
#[derive(Debug)]
pub struct Example {
    /// Its file.
    pub path: PathBuf,
    /// Its class, by index.
    pub class: usize,
    /// What it shows, where all of them fit in memory.
    picture: Option<Picture>,
}

impl Example {
    /// What it shows: read again if it is not held.
    pub fn picture(&self, shape: [usize; 3]) -> Result<Picture, Fault> {
        match &self.picture {
            Some(picture) => Ok(picture.clone()),
            None => read(&self.path, shape)
                .map_err(|says| Fault::new(format!("`{}` could be read before: now {says}", self.path.display()))),
        }
    }
}

impl Images {
    /// Finds the images of a folder and reads each once, in the shape that a network takes.
    ///
    /// The folder is divided where it has a `train` with classes in it, and a `val`, `valid` or `validation` beside it, or
    /// nothing but a `test`, which is not looked at. Where no images are held out by it, a fraction `held_out` of each class
    /// is held out, the same for the same seed. `read` is told how many images are read, of how many.
    ///
    /// A fault where the folder is missing, has fewer than two classes, or a class without an image or whose name is not UTF-8.
    pub fn of(
        folder: &Path,
        shape: [usize; 3],
        held_out: f64,
        seed: u64,
        read: &mut dyn FnMut(usize, usize),
    ) -> Result<Images, Fault> {
        let train = folder.join("train");
        let held = HELD_OUT.iter().map(|name| folder.join(name)).find(|path| path.is_dir());
        // A class may be called `train`: then it has images and no classes in it, or other classes beside it.
        let nothing_else = train.is_dir()
            && entries(folder)?
                .iter()
                .filter(|path| path.is_dir())
                .all(|path| matches!(&*named(path), "test" | "train"));
        let split =
            train.is_dir() && (held.is_some() || nothing_else) && entries(&train)?.iter().any(|path| path.is_dir());
        let root = if split { train } else { folder.to_owned() };
        let classes = classes(&root)?;
        let given = held.filter(|_| split);
        let mut found = files(&root, &classes)?;
        let mut apart = match &given {
            Some(folder) => {
                let others = held_out_classes(folder)?;
                if let Some(other) = others.iter().find(|class| !classes.contains(class)) {
                    return Err(Fault::new(format!(
                        "`{}` has a class `{other}`, and the images to learn from have none",
                        folder.display()
                    ))
                    .hint(format!("they have {}", listed(&classes))));
                }
                files(folder, &classes)?
            }
            None => Vec::new(),
        };
        let all = found.len() + apart.len();
        let hold = fits(all, shape);
        let (mut left_out, mut done) = (Vec::new(), 0);
        for examples in [&mut found, &mut apart] {
            for some in examples.chunks_mut(AT_ONCE) {
                left_out.extend(load(some, shape, hold));
                done += some.len();
                read(done, all);
            }
        }
        let without: HashSet<&PathBuf> = left_out.iter().map(|(path, _)| path).collect();
        found.retain(|example| !without.contains(&example.path));
        apart.retain(|example| !without.contains(&example.path));
        let mut counts = vec![0usize; classes.len()];
        found.iter().for_each(|example| counts[example.class] += 1);
        if let Some(empty) = counts.iter().position(|count| *count == 0) {
            return Err(nothing(&root.join(&classes[empty]), &left_out));
        }
        if given.is_none() {
            (found, apart) = divided(found, classes.len(), held_out, seed);
        }
        Ok(Images { classes, training: found, validation: apart, left_out, shape })
    }

    /// The shape of its pictures: channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// A number for which images there are (their names and sizes) and how they are divided: a run that goes on is held to
    /// the same ones.
    pub fn mark(&self) -> u64 {
        let of = |mark: u64, (kind, example): (u8, &Example)| {
            let size = fs::metadata(&example.path).map_or(0, |about| about.len());
            let name = named(&example.path);
            fnv(mark, format!("{kind}/{}/{name}/{size}\n", self.classes[example.class]).bytes().map(u64::from))
        };
        let all = self.training.iter().map(|example| (0, example));
        all.chain(self.validation.iter().map(|example| (1, example))).fold(FNV, of)
    }
}

/// What a folder with a subfolder a class is asked for.
const LAYOUT: &str = "it takes a folder with one subfolder of images a class, named after the class";

/// The classes to learn, in alphabetical order: two at least.
fn classes(folder: &Path) -> Result<Vec<String>, Fault> {
    let shown = folder.display();
    if !folder.exists() {
        return Err(Fault::new(format!("there is no folder `{shown}`")).hint(LAYOUT));
    }
    if !folder.is_dir() {
        return Err(Fault::new(format!("`{shown}` is a file")).hint(LAYOUT));
    }
    let names = subfolders(folder)?;
    match names.len() {
        0 => Err(Fault::new(format!("`{shown}` has no subfolder, so there are no classes")).hint(LAYOUT)),
        1 => Err(Fault::new(format!("`{shown}` has one class, `{}`, and there is nothing to tell it from", names[0]))
            .hint("learning takes two classes or more")),
        _ => Ok(names),
    }
}

/// The classes of the images that are held out: two at least, or naming always the same one would come out right.
fn held_out_classes(folder: &Path) -> Result<Vec<String>, Fault> {
    let names = subfolders(folder)?;
    let found = match &names[..] {
        [] => "no subfolder, so no classes".to_owned(),
        [only] => format!("one class, `{only}`"),
        _ => return Ok(names),
    };
    Err(Fault::new(format!("`{}`, whose images are held out, has {found}; two or more are needed", folder.display()))
        .hint("give it a subfolder a class, as `train` has them, or take it away: some of `train` are held out then"))
}

/// The names of a folder's subfolders, in alphabetical order.
fn subfolders(folder: &Path) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for path in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        // Weights keep the classes' names, as text. Another name in its place would be another folder.
        let name = path.file_name().unwrap_or_default().to_str().ok_or_else(|| {
            Fault::new(format!("`{}` is no name for a class: it is not UTF-8", path.display()))
                .hint("rename the folder")
        })?;
        names.push(name.to_owned());
    }
    names.sort();
    Ok(names)
}

/// The files of all classes, class by class and in alphabetical order.
fn files(folder: &Path, classes: &[String]) -> Result<Vec<Example>, Fault> {
    let mut examples = Vec::new();
    for (class, name) in classes.iter().enumerate() {
        let mut paths = Vec::new();
        below(&folder.join(name), DEEPEST, &mut paths)?;
        paths.sort();
        examples.extend(paths.into_iter().map(|path| Example { path, class, picture: None }));
    }
    Ok(examples)
}

fn below(folder: &Path, deeper: usize, found: &mut Vec<PathBuf>) -> Result<(), Fault> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in entries(folder)? {
        match path.is_dir() {
            false => found.push(path),
            true if deeper > 0 => below(&path, deeper - 1, found)?,
            // A folder that leads back to itself would have no end.
            true => {
                return Err(Fault::new(format!("`{}` is {DEEPEST} folders below its class", path.display()))
                    .hint("is there a link to a folder above it?"));
            }
        }
    }
    Ok(())
}

/// What is in a folder, without what its system hides there (`.DS_Store`).
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let cannot = |error: std::io::Error| Fault::new(format!("`{}` cannot be listed: {error}", folder.display()));
    let all: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(cannot)?;
    Ok(all.into_iter().filter(|path| !named(path).starts_with('.')).collect())
}

fn named(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads some images, side by side, and says which could not be.
fn load(examples: &mut [Example], shape: [usize; 3], hold: bool) -> Vec<(PathBuf, String)> {
    let one = |example: &mut Example| match read(&example.path, shape) {
        Ok(picture) => {
            example.picture = hold.then_some(picture);
            None
        }
        Err(says) => Some((example.path.clone(), says)),
    };
    examples.par_iter_mut().filter_map(one).collect()
}

fn read(path: &Path, shape: [usize; 3]) -> Result<Picture, String> {
    let about = fs::metadata(path).map_err(|error| format!("it cannot be read: {error}"))?;
    if !about.is_file() {
        return Err("it is no ordinary file".to_owned());
    }
    if about.len() > LARGEST {
        return Err(format!("it has {} MiB, and images have at most {}", about.len() >> 20, LARGEST >> 20));
    }
    let bytes = fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    Picture::read(&bytes, shape)
}

/// Whether so many pictures may stay in memory: they take a quarter of what is free at most.
fn fits(count: usize, shape: [usize; 3]) -> bool {
    let bytes = shape.iter().fold(count as u64, |product, size| product.saturating_mul(*size as u64));
    memory::free().is_none_or(|free| bytes <= free / 4)
}

fn nothing(folder: &Path, left_out: &[(PathBuf, String)]) -> Fault {
    let own: Vec<&(PathBuf, String)> = left_out.iter().filter(|(path, _)| path.starts_with(folder)).collect();
    match own.first() {
        None => Fault::new(format!("the class `{}` has no image", folder.display()))
            .hint("put images into it, or take the folder away"),
        Some((path, says)) => {
            let (count, path) = (own.len(), path.display());
            let files = if count == 1 { "file" } else { "files" };
            Fault::new(format!("the class `{}` has {count} {files} and no image: `{path}`: {says}", folder.display()))
                .hint("images are PNG or JPEG")
        }
    }
}

/// A fraction of each class apart from the rest, drawn by chance; each class keeps at least one on either side if it has two.
fn divided(all: Vec<Example>, classes: usize, held_out: f64, seed: u64) -> (Vec<Example>, Vec<Example>) {
    let mut random = Random::of(seed, &[0]);
    let mut apart = vec![false; all.len()];
    for class in (0..classes).filter(|_| held_out > 0.0) {
        let mut own: Vec<usize> = (0..all.len()).filter(|at| all[*at].class == class).collect();
        random.shuffle(&mut own);
        let wanted = (own.len() as f64 * held_out).round() as usize;
        let wanted = if own.len() < 2 { 0 } else { wanted.clamp(1, own.len() - 1) };
        own[..wanted].iter().for_each(|at| apart[*at] = true);
    }
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    for (at, example) in all.into_iter().enumerate() {
        if apart[at] { held.push(example) } else { kept.push(example) }
    }
    (kept, held)
}

fn listed(names: &[String]) -> String {
    let some: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    let rest = if names.len() > some.len() { format!(" and {} more", names.len() - some.len()) } else { String::new() };
    format!("{}{rest}", some.join(", "))
}
