//! All uploads of this run, in chunks that copies share, so that a copy for the window is cheap even with a million of them.

use super::upload::{Upload, UploadId};
use std::ops::{Index, IndexMut};
use std::sync::Arc;

/// Uploads in a chunk.
pub const CHUNK: usize = 256;

/// A chunk of rows.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    rows: Vec<Upload>,
}

impl Chunk {
    /// The rows of this chunk.
    #[must_use]
    pub fn rows(&self) -> &[Upload] {
        &self.rows
    }
}

/// The rows. A clone copies one pointer a chunk; a change copies its chunk if a clone holds it too.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    chunks: Vec<Arc<Chunk>>,
    len: usize,
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The chunks, each of [`CHUNK`] rows but the last: what did not change is the same pointer in the next copy.
    #[must_use]
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    #[must_use]
    pub fn get(&self, id: UploadId) -> Option<&Upload> {
        let at = id.0 as usize;
        self.chunks.get(at / CHUNK)?.rows.get(at % CHUNK)
    }

    pub fn get_mut(&mut self, id: UploadId) -> Option<&mut Upload> {
        let at = id.0 as usize;
        Arc::make_mut(self.chunks.get_mut(at / CHUNK)?).rows.get_mut(at % CHUNK)
    }

    /// Whether there is an upload of this number.
    #[must_use]
    pub const fn contains(&self, id: UploadId) -> bool {
        (id.0 as usize) < self.len
    }

    /// Adds an upload and gives it its number.
    pub fn push(&mut self, upload: Upload) -> UploadId {
        let id = UploadId(u32::try_from(self.len).unwrap_or(u32::MAX));
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
        }
        if let Some(last) = self.chunks.last_mut() {
            let last = Arc::make_mut(last);
            last.rows.reserve_exact(CHUNK - last.rows.len());
            last.rows.push(upload);
        }
        self.len += 1;
        id
    }

    /// All uploads with their numbers, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (UploadId, &Upload)> {
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.rows.iter())
            .enumerate()
            .map(|(at, upload)| (UploadId(u32::try_from(at).unwrap_or(u32::MAX)), upload))
    }
}

/// For ids that this list gave; a number from elsewhere panics.
impl Index<UploadId> for Rows {
    type Output = Upload;

    fn index(&self, id: UploadId) -> &Upload {
        let at = id.0 as usize;
        &self.chunks[at / CHUNK].rows[at % CHUNK]
    }
}

impl IndexMut<UploadId> for Rows {
    fn index_mut(&mut self, id: UploadId) -> &mut Upload {
        let at = id.0 as usize;
        &mut Arc::make_mut(&mut self.chunks[at / CHUNK]).rows[at % CHUNK]
    }
}
