//! What every layer gives, as pictures in a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use engine::Values;
use engine::maps::{self, Drawn};
use workings::{Fault, Model};

use crate::output;

/// The most letters of a layer's or a picture's name that stand in a file's.
const LONGEST: usize = 80;

/// The folder that pictures are written into: those of a single input straight, those of several in a folder each.
pub(super) struct Folder {
    root: PathBuf,
    is_split: bool,
    taken: HashSet<String>,
    written: usize,
    /// Layers of which a picture does not have everything: their names, what it has, and of how much.
    cut: Vec<(String, usize, usize)>,
}

impl Folder {
    /// A folder for so many inputs, which is made if it is not there.
    pub fn new(root: &Path, inputs: usize) -> Result<Folder, Fault> {
        made(root)?;
        Ok(Folder { root: root.to_owned(), is_split: inputs > 1, taken: HashSet::new(), written: 0, cut: Vec::new() })
    }

    /// Writes the input and every layer's output, numbered as the rows of the sheet.
    pub fn write(
        &mut self,
        input: Option<&Path>,
        model: &Model,
        entered: &[Values],
        outputs: &[Values],
    ) -> Result<(), Fault> {
        let folder = match (input, self.is_split) {
            (Some(input), true) => {
                let own = self.own(input);
                self.root.join(own)
            }
            _ => self.root.clone(),
        };
        made(&folder)?;
        // Numbers of one width, so that a list of the files is in the order of the layers.
        let wide = outputs.len().to_string().len().max(2);
        for (at, values) in entered.iter().enumerate() {
            let name = if entered.len() == 1 { "input" } else { &model.inputs[at].name };
            self.one(&folder.join(format!("{:0wide$}-{}.png", 0, harmless(name))), name, maps::input(values)?)?;
        }
        for ((row, layer), values) in (1..).zip(&model.layers).zip(outputs) {
            let name = format!("{row:0wide$}-{}.png", harmless(&layer.name));
            self.one(&folder.join(name), &layer.name, maps::draw(values)?)?;
        }
        Ok(())
    }

    fn one(&mut self, path: &Path, name: &str, drawn: Drawn) -> Result<(), Fault> {
        output::to_file(path, &drawn.png)?;
        self.written += 1;
        let cut = (name.to_owned(), drawn.shown, drawn.of);
        if drawn.shown < drawn.of && !self.cut.contains(&cut) {
            self.cut.push(cut);
        }
        Ok(())
    }

    /// A folder's name for a picture: what its file is called, with a number where another is called so.
    fn own(&mut self, input: &Path) -> String {
        let stem = harmless(&input.file_stem().unwrap_or_default().to_string_lossy());
        let names = (2..).map(|n| format!("{stem}-{n}"));
        // Some systems do not tell capitals from small letters.
        let name = std::iter::once(stem.clone()).chain(names).find(|name| self.taken.insert(name.to_lowercase()));
        name.unwrap_or(stem)
    }

    /// What was written, in a line, and a line for each layer that is not all there.
    pub fn says(&self) -> Vec<String> {
        let cut = |(name, shown, of): &(String, usize, usize)| format!("{name}: the first {shown} of {of} are drawn");
        let pictures = if self.written == 1 { "picture" } else { "pictures" };
        let written = format!("{} {pictures} written into `{}`", self.written, self.root.display());
        std::iter::once(written).chain(self.cut.iter().map(cut)).collect()
    }
}

fn made(folder: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Fault::new(format!("the folder `{}` cannot be made: {error}", folder.display()))
            .hint("give another with --show-layers")
    })
}

/// A name that every system takes for a file's.
fn harmless(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = name.chars().take(LONGEST).map(plain).collect();
    // Of dots alone it would lead elsewhere.
    if name.chars().all(|c| c == '.') { "_".to_owned() } else { name }
}
