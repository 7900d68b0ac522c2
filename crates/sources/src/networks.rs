//! The networks that come along, from the project's folder `networks/`.

/// A network that comes along.
pub struct Network {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Its text in the notation `.net`.
    pub text: &'static str,
}

impl Network {
    /// What it is, in its first comment's first sentence.
    pub fn about(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default().trim_start_matches('#').trim();
        line.split_inclusive(". ").next().unwrap_or(line).trim().trim_end_matches('.')
    }
}

macro_rules! networks {
    ($($name:literal)*) => {
        /// Every network that comes along, in alphabetical order.
        pub const NETWORKS: &[Network] =
            &[$(Network { name: $name, text: include_str!(concat!("../../../networks/", $name, ".net")) }),*];
    };
}

networks! {
    "alexnet"
    "encoder"
    "googlenet"
    "lenet5"
    "mobilenet_v2"
    "q1"
    "q2"
    "q3"
    "q4"
    "q5"
    "resnet18"
    "resnet50"
    "unet"
    "vgg16"
}

/// The network of this name.
pub fn network(name: &str) -> Option<&'static Network> {
    NETWORKS.iter().find(|network| network.name == name)
}

#[cfg(test)]
mod tests {
    use super::NETWORKS;

    #[test]
    fn every_file_of_the_folder_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the project has a folder of networks")
            .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().replace(".net", ""))
            .collect();
        files.sort();
        assert_eq!(files, NETWORKS.iter().map(|network| network.name).collect::<Vec<_>>());
    }
}
