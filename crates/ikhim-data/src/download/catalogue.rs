//! The sets that can be downloaded.
//!
//! A checksum is the SHA-256 of the content after decompression, computed from a
//! copy at hand: servers pack the same content in different ways. A set whose
//! content could not be confirmed is not listed.

/// A set that can be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownSet {
    /// Its name; also that of the folder.
    pub name: &'static str,
    /// Title as its authors give it.
    pub title: &'static str,
    /// Its authors.
    pub authors: &'static str,
    /// The licence under which it is passed on.
    pub licence: &'static str,
    /// Addresses of folders that hold its files, tried in turn.
    pub addresses: &'static [&'static str],
    /// Its files.
    pub files: &'static [KnownFile],
}

/// One file of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownFile {
    /// Its name on this machine.
    pub name: &'static str,
    /// Its name behind an address.
    pub remote: &'static str,
    /// SHA-256 of its content after decompression.
    pub sha256: &'static str,
    /// Bytes of its content after decompression.
    pub bytes: u64,
}

/// A file that has one name here and there.
const fn file(name: &'static str, sha256: &'static str, bytes: u64) -> KnownFile {
    KnownFile { name, remote: name, sha256, bytes }
}

/// All sets.
pub const KNOWN_SETS: &[KnownSet] = &[
    KnownSet {
        name: "mnist",
        title: "The MNIST database of handwritten digits",
        authors: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges",
        licence: "CC BY-SA 3.0",
        addresses: &[
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
        ],
        files: &[
            file(
                "train-images-idx3-ubyte.gz",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                47_040_016,
            ),
            file(
                "train-labels-idx1-ubyte.gz",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                60_008,
            ),
            file(
                "t10k-images-idx3-ubyte.gz",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                7_840_016,
            ),
            file(
                "t10k-labels-idx1-ubyte.gz",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                10_008,
            ),
        ],
    },
    KnownSet {
        name: "fashion-mnist",
        title: "Fashion-MNIST",
        authors: "Han Xiao, Kashif Rasul, Roland Vollgraf (Zalando SE)",
        licence: "MIT",
        addresses: &[
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        ],
        files: &[
            file(
                "train-images-idx3-ubyte.gz",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                47_040_016,
            ),
            file(
                "train-labels-idx1-ubyte.gz",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                60_008,
            ),
            file(
                "t10k-images-idx3-ubyte.gz",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                7_840_016,
            ),
            file(
                "t10k-labels-idx1-ubyte.gz",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                10_008,
            ),
        ],
    },
    KnownSet {
        name: "shakespeare",
        title: "Tiny Shakespeare, lines of the plays",
        authors: "William Shakespeare; put together by Andrej Karpathy",
        licence: "the text is in the public domain, the collection MIT",
        addresses: &[
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare",
        ],
        files: &[KnownFile {
            name: "tinyshakespeare.txt",
            remote: "input.txt",
            sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            bytes: 1_115_394,
        }],
    },
];

/// The set of a name.
pub fn known_set(name: &str) -> Option<&'static KnownSet> {
    KNOWN_SETS.iter().find(|set| set.name == name)
}
