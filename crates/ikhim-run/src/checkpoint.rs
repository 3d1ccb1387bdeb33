//! Checkpoints: a [`State`] with its [`Control`] in one safetensors file that
//! tells when it was cut or altered.

use crate::{Control, durable};
use ikhim_graph::{Array, DType, Data, State};
use ikhim_text::{Fault, Result};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;

const FORMAT: &str = "ikhim/checkpoint/1";

/// The one entry of the file's metadata. safetensors keeps metadata in a map
/// without order: more entries would make the bytes depend on chance.
const KEY: &str = "ikhim";

/// A state with everything else that the next step depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Parameters, slots, statistics, counters.
    pub state: State,
    /// Where the run stands.
    pub control: Control,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    control: Control,
    digest: String,
}

impl Checkpoint {
    /// The bytes of the file: a function of state and control only.
    ///
    /// # Errors
    /// None that a state made by ikhim can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let header = Header {
            format: FORMAT.to_string(),
            control: self.control.clone(),
            digest: digest(&self.state, &self.control)?,
        };
        let header = serde_json::to_string(&header).map_err(|error| broken(error.to_string()))?;
        let metadata = HashMap::from([(KEY.to_string(), header)]);
        state_to_bytes(&self.state, metadata)
    }

    /// Reads a file made by [`Checkpoint::to_bytes`].
    ///
    /// # Errors
    /// The bytes are cut, altered, or no checkpoint.
    pub fn from_bytes(bytes: &[u8]) -> Result<Checkpoint> {
        let (state, mut metadata) = read_tensors(bytes)?;
        let header =
            metadata.remove(KEY).ok_or_else(|| broken("it has no header of ikhim".to_string()))?;
        let header: Header =
            serde_json::from_str(&header).map_err(|error| broken(error.to_string()))?;
        if header.format != FORMAT {
            return Err(broken(format!("its format is `{}`, not `{FORMAT}`", header.format)));
        }
        let found = digest(&state, &header.control)?;
        if found != header.digest {
            return Err(broken(format!(
                "its content has the digest {}…, its header says {}…",
                short(&found),
                short(&header.digest)
            )));
        }
        Ok(Checkpoint { state, control: header.control })
    }

    /// Writes the file so that the old one is whole until the new one is.
    ///
    /// # Errors
    /// The folder cannot be written or the disk is full.
    pub fn save(&self, path: &Path) -> Result<()> {
        durable::replace(path, &self.to_bytes()?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The file is missing, cut or altered.
    pub fn load(path: &Path) -> Result<Checkpoint> {
        let bytes = std::fs::read(path).map_err(|error| durable::fault(path, &error))?;
        Checkpoint::from_bytes(&bytes)
            .map_err(|fault| fault.with("path", path.display()).file(path))
    }
}

/// The state as safetensors bytes with metadata of one entry.
pub(crate) fn state_to_bytes(state: &State, metadata: HashMap<String, String>) -> Result<Vec<u8>> {
    let entries: Vec<(&str, Dtype, &[usize], Vec<u8>)> = state
        .iter()
        .map(|(path, array)| {
            let (dtype, bytes) = raw(array);
            (path, dtype, array.shape(), bytes)
        })
        .collect();
    let mut views = Vec::with_capacity(entries.len());
    for (path, dtype, shape, bytes) in &entries {
        let view = TensorView::new(*dtype, shape.to_vec(), bytes)
            .map_err(|error| broken(error.to_string()))?;
        views.push((*path, view));
    }
    // Which map it takes depends on a feature that another crate may turn on.
    let metadata = metadata.into_iter().collect();
    safetensors::serialize(views, Some(metadata)).map_err(|error| broken(error.to_string()))
}

/// The tensors and the metadata of safetensors bytes.
///
/// # Errors
/// The bytes are cut or altered, or have elements of another type than f32, f64,
/// i32 and bool.
pub fn read_tensors(bytes: &[u8]) -> Result<(State, HashMap<String, String>)> {
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| broken(error.to_string()))?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| broken(error.to_string()))?;
    let state = tensors
        .tensors()
        .into_iter()
        .map(|(path, view)| Ok((path, array(&view)?)))
        .collect::<Result<State>>()?;
    let metadata = header.metadata().clone().unwrap_or_default();
    Ok((state, metadata.into_iter().collect()))
}

fn raw(array: &Array) -> (Dtype, Vec<u8>) {
    match array.data() {
        Data::F32(values) => (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Data::F64(values) => (Dtype::F64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Data::I32(values) => (Dtype::I32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Data::Bool(values) => (Dtype::BOOL, values.iter().map(|v| u8::from(*v)).collect()),
        _ => unreachable!("every type of elements is written"),
    }
}

fn array(view: &TensorView<'_>) -> Result<Array> {
    fn numbers<const W: usize, E>(bytes: &[u8], read: fn([u8; W]) -> E) -> Vec<E> {
        let (whole, _) = bytes.as_chunks::<W>();
        whole.iter().map(|chunk| read(*chunk)).collect()
    }
    let data = match view.dtype() {
        Dtype::F32 => Data::F32(numbers(view.data(), f32::from_le_bytes)),
        Dtype::F64 => Data::F64(numbers(view.data(), f64::from_le_bytes)),
        Dtype::I32 => Data::I32(numbers(view.data(), i32::from_le_bytes)),
        Dtype::BOOL => Data::Bool(view.data().iter().map(|byte| *byte != 0).collect()),
        other => {
            return Err(broken(format!(
                "it holds {other:?} values; known are F32, F64, I32 and BOOL"
            )));
        }
    };
    Ok(Array::new(view.shape(), data))
}

/// The SHA-256 over every entry and the control, in hexadecimal.
fn digest(state: &State, control: &Control) -> Result<String> {
    let mut hasher = Sha256::new();
    for (path, array) in state.iter() {
        let (_, bytes) = raw(array);
        let dtype = match (array.dtype(), array.data()) {
            (DType::F32, Data::F64(_)) => "f64".to_string(),
            (dtype, _) => dtype.to_string(),
        };
        hasher.update(format!("{path}\0{dtype}\0{:?}\0", array.shape()));
        hasher.update(bytes);
    }
    let control = serde_json::to_string(control).map_err(|error| broken(error.to_string()))?;
    hasher.update(control);
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn broken(reason: String) -> Fault {
    Fault::of("file.checkpoint_damaged").with("found", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{Best, RunningMean};
    use proptest::prelude::*;

    fn checkpoint() -> Checkpoint {
        let mut state = State::new();
        state.set("dense_1.kernel", Array::f32(&[2, 2], vec![1.0, -0.0, f32::MIN_POSITIVE, 4.0]));
        state.set("dense_1.kernel.adam.step", Array::i32(&[], vec![7]));
        state.set("mask", Array::bool(&[3], vec![true, false, true]));
        state.set("wide", Array::f64(&[1], vec![0.1]));
        let control = Control {
            seed: 7,
            step: 12,
            epoch: 3,
            running: RunningMean { sum: f64::INFINITY, rows: 2 },
            best: Some(Best { epoch: 2, step: 8, value: f64::NAN, loss: 0.25 }),
            ..Control::default()
        };
        Checkpoint { state, control }
    }

    #[test]
    fn comes_back_as_it_was() {
        let saved = checkpoint();
        let bytes = saved.to_bytes().unwrap();
        let loaded = Checkpoint::from_bytes(&bytes).unwrap();
        assert_eq!(loaded.state, saved.state);
        assert_eq!(loaded.to_bytes().unwrap(), bytes);
        assert_eq!(loaded.control.running.sum, f64::INFINITY);
        assert!(loaded.control.best.unwrap().value.is_nan());
    }

    #[test]
    fn equal_checkpoints_have_equal_bytes() {
        let first = checkpoint().to_bytes().unwrap();
        assert!((0..20).all(|_| checkpoint().to_bytes().unwrap() == first));
    }

    proptest! {
        #[test]
        fn every_cut_is_refused(share in 0.0..1.0f64) {
            let bytes = checkpoint().to_bytes().unwrap();
            let length = (bytes.len() as f64 * share) as usize;
            let fault = Checkpoint::from_bytes(&bytes[..length]).unwrap_err();
            prop_assert_eq!(fault.code(), "file.checkpoint_damaged");
        }

        #[test]
        fn every_altered_byte_is_refused(share in 0.0..1.0f64, flip in 1u8..) {
            let mut bytes = checkpoint().to_bytes().unwrap();
            let place = (bytes.len() as f64 * share) as usize;
            bytes[place] ^= flip;
            // White space in the JSON header may change without a change of
            // meaning; everything else must be refused.
            if let Ok(loaded) = Checkpoint::from_bytes(&bytes) {
                prop_assert_eq!(loaded.to_bytes().unwrap(), checkpoint().to_bytes().unwrap());
            }
        }
    }
}
