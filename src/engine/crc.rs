//! Combines the CRC64NVME of a file's parts into that of the whole file; fast even for 10,000 parts.

/// The polynomial of CRC64NVME, lowest power first (NVM Express, NVM Command Set Specification, 64b CRC).
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;
/// The polynomial 1.
const ONE: u64 = 1 << 63;

/// The effect of appending a number of bytes on a CRC: multiplication by a power of x, computed once per length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift(u64);

impl Shift {
    /// Returns the shift by `bytes` bytes.
    pub fn by(bytes: u64) -> Self {
        // x^8 for each byte, by repeated squaring.
        let (mut power, mut square, mut left) = (ONE, ONE >> 8, bytes);
        while left > 0 {
            if left & 1 == 1 {
                power = product(power, square);
            }
            square = product(square, square);
            left >>= 1;
        }
        Self(power)
    }

    /// Shifts `crc` by the bytes that follow; the CRC of the concatenation is the result xor the CRC of those bytes.
    pub const fn apply(self, crc: u64) -> u64 {
        product(crc, self.0)
    }
}

/// Returns the product of two polynomials modulo that of the CRC; the highest bit is the lowest power.
const fn product(mut a: u64, b: u64) -> u64 {
    let mut sum = 0;
    let mut bit = ONE;
    while bit > 0 {
        if b & bit > 0 {
            sum ^= a;
        }
        let over = a & 1 == 1;
        a >>= 1;
        if over {
            a ^= POLYNOMIAL;
        }
        bit >>= 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crc_fast::{CrcAlgorithm, checksum, checksum_combine};

    #[test]
    fn part_checksums_combine_to_the_whole() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i * 7 % 253) as u8).collect();
        for (at, end) in [(0, 0), (0, 5), (1, 2), (10, 10), (4096, 8192), (77, 100_000)] {
            let (first, second) = (&bytes[..at], &bytes[at..end]);
            let crc = |bytes| checksum(CrcAlgorithm::Crc64Nvme, bytes);
            let whole = Shift::by(second.len() as u64).apply(crc(first)) ^ crc(second);
            assert_eq!(whole, crc(&bytes[..end]), "{at} {end}");
        }
    }

    #[test]
    fn checksums_of_any_length_agree_with_the_library() {
        let (a, b) = (0x1234_5678_9abc_def0, 0xfedc_ba98_7654_3210);
        for length in [1, 8 << 20, (5 << 30) - 1, 5 << 30, 50 << 40] {
            let theirs = checksum_combine(CrcAlgorithm::Crc64Nvme, a, b, length);
            assert_eq!(Shift::by(length).apply(a) ^ b, theirs, "{length}");
        }
    }
}
