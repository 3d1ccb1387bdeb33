//! Says where data is and what is known of it, then loads it.

use crate::schema::{Request, Schema, assemble};
use crate::series::lay;
use crate::source::columnar::{self, Columnar};
use crate::source::table::{Raw, Table};
use crate::source::{
    Cell, Features, Generator, Labels, arrays, bytes, csv, embedded, idx, inline, json_lines,
    numpy, several, text_files,
};
use crate::{
    Column, ColumnType, Dataset, FileFormat, ImageOptions, LARGE, Notice, Origin, Reading, Role,
    SequenceColumn, Series, Streaming, Task, image, stream,
};
use ikhim_text::Result;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where data is.
#[derive(Debug, Clone)]
enum Source {
    Path(PathBuf),
    Files(Vec<PathBuf>),
    Csv(PathBuf),
    CsvBytes(PathBuf, Vec<u8>),
    Idx(PathBuf),
    IdxPair(PathBuf, PathBuf),
    IdxImages(PathBuf),
    Embedded(String),
    Rows(Vec<String>, Vec<Vec<Cell>>),
    Arrays(Vec<usize>, Features, Labels),
    Generated(Generator),
}

/// Data that is described and not yet read: [`load`](DatasetBuilder::load)
/// reads it.
///
/// ```
/// use ikhim_data::{Column, Dataset, Scaling};
/// let data = Dataset::rows(["x1", "x2", "y"], [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
///     .target("y")
///     .column("x1", Column::number().scaling(Scaling::None))
///     .load()?;
/// assert_eq!(data.classes(), ["0", "1"]);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is read before `load`"]
pub struct DatasetBuilder {
    source: Source,
    csv: csv::Options,
    images: ImageOptions,
    request: Request,
    series: Option<Series>,
    sequence: Option<SequenceColumn>,
    streaming: Streaming,
    reading: Reading,
    keeps: bool,
}

impl Dataset {
    /// A file or a folder, by what is in it: a folder and a file that starts
    /// as idx are read as idx, a folder of images and an image file as images,
    /// a folder of folders of `*.txt` as texts with their class,
    /// arrays of NumPy as such, a file whose lines are JSON objects as JSON lines,
    /// anything else as separated values. A pattern, such as `part-*.csv`, is
    /// [several files](Dataset::files) as one.
    pub fn path(path: impl AsRef<Path>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Path(path.as_ref().to_path_buf()))
    }

    /// Several files as one table: separated values or JSON lines, each a file or a
    /// pattern in which `*` stands for any letters of a name and `?` for one. They
    /// are read in the order of the list, those of a pattern by name.
    ///
    /// # Errors
    /// Loading fails on a pattern that no file matches, a file that is named
    /// twice, and files whose columns have other names than those of the first.
    pub fn files<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Files(paths.into_iter().map(Into::into).collect()))
    }

    /// A file of separated values, plain or packed by gzip.
    ///
    /// # Errors
    /// Loading fails on a missing, empty or unreadable file, text that is not
    /// UTF-8, ragged rows, a quote that is never closed, names that repeat, and
    /// what [`DatasetBuilder::load`] says.
    pub fn csv(path: impl AsRef<Path>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Csv(path.as_ref().to_path_buf()))
    }

    /// Separated values that were read before, e.g. from standard input; `name`
    /// is what faults call them.
    ///
    /// ```
    /// use ikhim_data::Dataset;
    /// let data = Dataset::csv_bytes("typed", b"x,y\n1,no\n2,yes\n").load()?;
    /// assert_eq!((data.len(), data.classes().len()), (2, 2));
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    pub fn csv_bytes(name: impl AsRef<Path>, bytes: impl Into<Vec<u8>>) -> DatasetBuilder {
        DatasetBuilder::of(Source::CsvBytes(name.as_ref().to_path_buf(), bytes.into()))
    }

    /// A folder with the four idx files of MNIST, plain or packed by gzip. The
    /// rows of `t10k-*` are the test part.
    pub fn idx(folder: impl AsRef<Path>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Idx(folder.as_ref().to_path_buf()))
    }

    /// A folder of PNG and JPEG files: a folder in it is a class, and where all
    /// of them are named `train`, `validation` and `test`, they are parts that
    /// hold the folders of classes. The columns are `file`, `image` and `label`.
    ///
    /// # Errors
    /// Loading fails on images that cannot be read (unless they are
    /// [skipped](crate::Unreadable::Skip)), of more than
    /// [`MOST_PIXELS`](crate::MOST_PIXELS), or outside of a class, and on a class
    /// without images.
    pub fn images(folder: impl AsRef<Path>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Path(folder.as_ref().to_path_buf()))
    }

    /// An idx file of images and the idx file of their labels.
    pub fn idx_pair(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> DatasetBuilder {
        let (images, labels) = (images.as_ref().to_path_buf(), labels.as_ref().to_path_buf());
        DatasetBuilder::of(Source::IdxPair(images, labels))
    }

    /// An idx file of images without labels: new rows for a model, whose
    /// schema must be given.
    pub fn idx_images(images: impl AsRef<Path>) -> DatasetBuilder {
        DatasetBuilder::of(Source::IdxImages(images.as_ref().to_path_buf()))
    }

    /// The 1,797 images of 8×8 handwritten digits that ikhim carries.
    ///
    /// ```
    /// use ikhim_data::Dataset;
    /// let digits = Dataset::digits().load()?;
    /// assert_eq!((digits.len(), digits.classes().len()), (1797, 10));
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    pub fn digits() -> DatasetBuilder {
        Dataset::named("digits")
    }

    /// A data set that ikhim carries, one of [`Dataset::NAMES`].
    pub fn named(name: impl Into<String>) -> DatasetBuilder {
        DatasetBuilder::of(Source::Embedded(name.into()))
    }

    /// Names of the data sets that ikhim carries.
    pub const NAMES: [&str; 4] = embedded::NAMES;

    /// Rows that a rule makes; the target is `y`.
    ///
    /// # Errors
    /// Loading fails on a size or noise that no table has.
    pub fn generated(generator: Generator) -> DatasetBuilder {
        DatasetBuilder::of(Source::Generated(generator))
    }

    /// Rows written by hand, each as long as the header.
    pub fn rows<H, R, C>(
        header: impl IntoIterator<Item = H>,
        rows: impl IntoIterator<Item = R>,
    ) -> DatasetBuilder
    where
        H: Into<String>,
        R: IntoIterator<Item = C>,
        C: Into<Cell>,
    {
        let header = header.into_iter().map(Into::into).collect();
        let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
        DatasetBuilder::of(Source::Rows(header, rows))
    }

    /// Arrays of a program: `features` holds one row of `shape` after the
    /// other, `labels` one entry per row. Rows of one axis become the columns
    /// `x1`, `x2`, …; rows of more axes one column `image`. The target is `y`:
    /// floating-point labels are numbers, all others classes.
    ///
    /// ```
    /// use ikhim_data::{Dataset, Task};
    /// let data = Dataset::from_arrays(&[2], vec![0.0, 1.0, 2.0, 3.0], vec![0.5, 1.5]).load()?;
    /// assert_eq!((data.len(), data.task()), (2, Task::Regression));
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    pub fn from_arrays(
        shape: &[usize],
        features: impl Into<Features>,
        labels: impl Into<Labels>,
    ) -> DatasetBuilder {
        DatasetBuilder::of(Source::Arrays(shape.to_vec(), features.into(), labels.into()))
    }
}

impl DatasetBuilder {
    fn of(source: Source) -> DatasetBuilder {
        DatasetBuilder {
            source,
            csv: csv::Options::default(),
            images: ImageOptions::default(),
            request: Request::default(),
            series: None,
            sequence: None,
            streaming: Streaming::Never,
            reading: Reading::default(),
            keeps: true,
        }
    }

    /// How image files become rows of one shape.
    pub fn image_options(mut self, images: ImageOptions) -> DatasetBuilder {
        self.images = images;
        self
    }

    /// Reads a column of text token by token; it is then the only input.
    pub fn sequence(mut self, sequence: SequenceColumn) -> DatasetBuilder {
        self.request.sequence = Some(sequence.column.clone());
        self.sequence = Some(sequence);
        self
    }

    /// Takes the rows as moments of a series in time: windows of them become the
    /// rows.
    pub fn series(mut self, series: Series) -> DatasetBuilder {
        self.series = Some(series);
        self.request.sees_targets = true;
        self
    }

    /// Whether a table of separated values is read in pieces, so that it need not fit
    /// into memory; never, unless this says otherwise. The rows of such a data set
    /// are some of the table's: see [`Dataset::is_streamed`].
    pub fn streaming(mut self, streaming: Streaming) -> DatasetBuilder {
        self.streaming = streaming;
        self
    }

    /// Tells how far reading in pieces has come, and stops it.
    pub fn reading(mut self, reading: Reading) -> DatasetBuilder {
        self.reading = reading;
        self
    }

    /// Pieces of so many bytes.
    #[cfg(test)]
    pub(crate) fn pieces_of(mut self, bytes: usize) -> DatasetBuilder {
        self.csv.stretch.1 = bytes;
        self
    }

    /// Only looks at a table that is read in pieces: its rows are counted and typed,
    /// and cannot be split.
    pub fn without_rows(mut self) -> DatasetBuilder {
        self.keeps = false;
        self
    }

    /// A name for the data.
    pub fn name(mut self, name: impl Into<String>) -> DatasetBuilder {
        self.request.name = Some(name.into());
        self
    }

    /// The column to be learned, by name or by its number from 1. Without one
    /// the last column is taken, and a notice says so.
    pub fn target(self, target: impl Into<String>) -> DatasetBuilder {
        self.targets([target])
    }

    /// Several columns to be learned: all numbers, or all yes/no.
    pub fn targets<T: Into<String>>(
        mut self,
        targets: impl IntoIterator<Item = T>,
    ) -> DatasetBuilder {
        self.request.targets = targets.into_iter().map(Into::into).collect();
        self
    }

    /// What is to be learned, when the target alone does not say it.
    pub fn task(mut self, task: Task) -> DatasetBuilder {
        self.request.task = Some(task);
        self
    }

    /// What is known of a column.
    pub fn column(mut self, name: impl Into<String>, column: Column) -> DatasetBuilder {
        self.request.columns.push((name.into(), column));
        self
    }

    /// What holds for all columns of a type, unless they say otherwise. Of it
    /// only the scaling holds for a target.
    pub fn defaults(mut self, kind: ColumnType, column: Column) -> DatasetBuilder {
        self.request.defaults.push((kind, column));
        self
    }

    /// Further words that stand for a missing value.
    pub fn missing_values<T: Into<String>>(
        mut self,
        words: impl IntoIterator<Item = T>,
    ) -> DatasetBuilder {
        self.request.missing_values.extend(words.into_iter().map(Into::into));
        self
    }

    /// Whether the first record of a file names the columns.
    pub fn header(mut self, header: bool) -> DatasetBuilder {
        self.csv.header = Some(header);
        self
    }

    /// Names for the columns of a file whose first record is a row already.
    pub fn names<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> DatasetBuilder {
        self.csv.names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The byte that a comment line of a file starts with, `b'#'` without this;
    /// `None` when no line is a comment.
    pub fn comment(mut self, sign: impl Into<Option<u8>>) -> DatasetBuilder {
        self.csv.comment = sign.into();
        self
    }

    /// The byte between the values of a file, e.g. `b';'`.
    pub fn separator(mut self, separator: u8) -> DatasetBuilder {
        self.csv.separator = Some(separator);
        self
    }

    /// Reads new rows as the data was read that made a model: types are those
    /// of the schema, the target may be absent, no row is dropped, unknown
    /// columns are kept and not used. What was said of the first file holds for
    /// this one, unless something else is said after this.
    ///
    /// ```
    /// use ikhim_data::Dataset;
    /// let table = b"50% 1\n60% 2\n70% 3\n";
    /// let data = Dataset::csv_bytes("first", table).separator(b' ').header(false).load()?;
    /// let new = Dataset::csv_bytes("new", b"80% 4\n").schema(&data.schema()).load()?;
    /// assert_eq!(new.len(), 1);
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    pub fn schema(mut self, schema: &Schema) -> DatasetBuilder {
        self.csv = schema.file.options(schema.inputs());
        self.images = schema.file.images.clone();
        self.request.missing_values.extend(schema.file.missing_values.iter().cloned());
        self.request.schema = Some(schema.clone());
        self
    }

    /// Reads the data.
    ///
    /// # Errors
    /// Of the source: see the function that named it. Of every source: a
    /// target or column that does not exist, no input or no row left, text or
    /// infinite values in a column of numbers, values that are missing where
    /// the policy forbids it, one class only, a constant target, words that do
    /// not fit the type of their column. A fault names file, line and column
    /// where there is a file; all faults of one kind are told together.
    pub fn load(self) -> Result<Dataset> {
        let streamed = self.streamed_files()?;
        let DatasetBuilder { source, mut csv, images, request, series, sequence, .. } = self;
        csv.known = known_names(&request);
        csv.missing = request.missing_values.clone();
        let format = FileFormat::of(&csv, &request.missing_values, &images);
        if let Some(files) = streamed {
            let (options, request) = (&csv, &request);
            let (reading, keeps) = (&self.reading, self.keeps);
            let mut data =
                stream::load(&stream::Wanted { files, options, request, reading, keeps })?;
            data.format = format;
            return Ok(data);
        }
        let mut table = read(source, &csv, &images, request.schema.as_ref())?;
        named_images(&mut table, &images, &request)?;
        let mut data = assemble(table, &request)?;
        data.format = format;
        data.sequence = match &request.schema {
            Some(schema) => schema.sequence.clone(),
            None => sequence,
        };
        match (series, request.schema.as_ref().and_then(|it| it.series_and_targets())) {
            (_, Some((series, targets))) => lay(data, series, Some(targets.as_slice())),
            (Some(series), None) => lay(data, &series, None),
            (None, None) => Ok(data),
        }
    }
}

impl DatasetBuilder {
    /// The files that are read in pieces; `None` for a source that is read into
    /// memory.
    fn streamed_files(&self) -> Result<Option<Vec<PathBuf>>> {
        if self.streaming == Streaming::Never || self.request.schema.is_some() {
            return Ok(None);
        }
        let files = match &self.source {
            Source::Path(path) if path.is_dir() => Vec::new(),
            Source::Path(path) if several::is_pattern(path) => {
                several::expand(std::slice::from_ref(path))?
            }
            Source::Path(path) | Source::Csv(path) => vec![path.clone()],
            Source::Files(paths) => several::expand(paths)?,
            _ => Vec::new(),
        };
        let size = |path: &PathBuf| path.metadata().map_or(0, |about| about.len());
        let size: u64 = files.iter().map(size).sum();
        if size == 0 || (self.streaming == Streaming::Auto && size < LARGE) {
            return Ok(None);
        }
        let mut first = Vec::new();
        for path in &files {
            let file = File::open(path).and_then(|file| file.take(1 << 16).read_to_end(&mut first));
            let is_other = file.is_err()
                || idx::is_idx(&first)
                || image::is_image(&first)
                || Columnar::of(&first).is_some()
                || numpy::is_numpy(&first, path)
                || json_lines::is_json_lines(&first, path);
            let is_laid = self.series.is_some() || self.sequence.is_some();
            if is_other || is_laid {
                return match self.streaming {
                    Streaming::Always => {
                        let why = match is_laid {
                            true => "a series or a sequence needs all rows at once",
                            false => "it is no table of separated values",
                        };
                        Err(stream::unfit(path, why))
                    }
                    _ => Ok(None),
                };
            }
            first.clear();
        }
        Ok(Some(files))
    }
}

fn read(
    source: Source,
    options: &csv::Options,
    images: &ImageOptions,
    schema: Option<&Schema>,
) -> Result<Table> {
    match source {
        Source::Path(path) if path.is_dir() && !idx::is_folder(&path) => {
            match image::folder(&path, images, schema)? {
                Some(table) => Ok(table),
                None => match text_files::folder(&path, schema)? {
                    Some(table) => Ok(table),
                    None => idx::folder(&path),
                },
            }
        }
        Source::Path(path) if path.is_dir() => idx::folder(&path),
        Source::Path(path) if several::is_pattern(&path) => several::read(&[path], options),
        Source::Files(paths) => several::read(&paths, options),
        Source::Path(path) => {
            let content = bytes::read(&path)?;
            if idx::is_idx(&content) {
                idx::images(&path)
            } else if image::is_image(&content) {
                image::single(&path, images, schema)
            } else if let Some(form) = Columnar::of(&content) {
                columnar::read(form, content, &path)
            } else if numpy::is_numpy(&content, &path) {
                numpy::read(&content, &path)
            } else if json_lines::is_json_lines(&content, &path) {
                json_lines::parse(content, &path)
            } else {
                csv::parse_file(content, &path, options)
            }
        }
        Source::Csv(path) => csv::parse_file(bytes::read(&path)?, &path, options),
        Source::CsvBytes(name, content) => csv::parse(content, Origin::Inline, &name, options),
        Source::Idx(folder) => idx::folder(&folder),
        Source::IdxPair(images, labels) => idx::pair(&images, &labels),
        Source::IdxImages(images) => idx::images(&images),
        Source::Embedded(name) => embedded::table(&name),
        Source::Rows(header, rows) => inline::table(&header, &rows),
        Source::Generated(generator) => generator.table(),
        Source::Arrays(shape, features, labels) => arrays::table(&shape, &features, &labels),
    }
}

/// Puts images in the place of the names of their files, in columns that are
/// said to hold images. Rows of files that are left out go with them.
fn named_images(table: &mut Table, options: &ImageOptions, request: &Request) -> Result<()> {
    // Names in several files are relative to the folder of the first.
    let path = match &table.origin {
        Origin::File(path) => path.clone(),
        Origin::Files(paths) => paths.first().cloned().unwrap_or_default(),
        _ => return Ok(()),
    };
    let base = path.parent().unwrap_or(Path::new(""));
    for index in 0..table.names.len() {
        let name = table.names[index].clone();
        let known = request.schema.as_ref().and_then(|schema| schema.column(&name));
        let given = request.column(&name).given_type();
        let is_image = match known {
            Some(known) => known.role == Role::Input && known.kind == ColumnType::Image,
            None => given == Some(ColumnType::Image),
        };
        if !is_image {
            continue;
        }
        table.keep_text([(index, ColumnType::Image)]);
        let Raw::Text(cells) = &table.columns[index] else { continue };
        let shape = known.map(|known| known.shape.as_slice());
        let full_scale = known.and_then(|known| known.full_scale);
        let (images, rows, notices): (Raw, Vec<usize>, Vec<Notice>) =
            image::column(cells, base, options, shape, full_scale)?;
        if rows.len() < table.len() {
            table.take(&rows);
        }
        table.columns[index] = images;
        table.row_hashes = None;
        table.kinds[index] = Some(ColumnType::Image);
        table.notices.extend(notices);
    }
    Ok(())
}

/// Names that the columns are known to have.
fn known_names(request: &Request) -> Vec<String> {
    let schema = request.schema.iter().flat_map(|schema| &schema.columns);
    request
        .targets
        .iter()
        .chain(request.columns.iter().map(|(name, _)| name))
        .chain(schema.map(|column| &column.name))
        .filter(|name| name.parse::<f64>().is_err())
        .cloned()
        .collect()
}
