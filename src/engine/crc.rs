//! CRC64NVME of a whole file from those of its parts, quick also for 10,000 of them.

/// The polynomial of CRC64NVME, lowest power first (NVM Express, NVM Command Set Specification, 64b CRC).
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;
/// The polynomial 1.
const ONE: u64 = 1 << 63;

/// What so many more bytes do to a CRC: a product with a power of x, worked out once for parts of one length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift(u64);

impl Shift {
    /// By so many bytes.
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

    /// The CRC of what `crc` is of and so many bytes after it, but for the CRC of those, which is added to it by xor.
    pub const fn apply(self, crc: u64) -> u64 {
        product(crc, self.0)
    }
}

/// The product of two polynomials, lowest power in the highest bit, modulo that of the CRC.
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
    fn parts_make_the_whole() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i * 7 % 253) as u8).collect();
        for (at, end) in [(0, 0), (0, 5), (1, 2), (10, 10), (4096, 8192), (77, 100_000)] {
            let (first, second) = (&bytes[..at], &bytes[at..end]);
            let crc = |bytes| checksum(CrcAlgorithm::Crc64Nvme, bytes);
            let whole = Shift::by(second.len() as u64).apply(crc(first)) ^ crc(second);
            assert_eq!(whole, crc(&bytes[..end]), "{at} {end}");
        }
    }

    #[test]
    fn any_length_agrees_with_the_library() {
        let (a, b) = (0x1234_5678_9abc_def0, 0xfedc_ba98_7654_3210);
        for length in [1, 8 << 20, (5 << 30) - 1, 5 << 30, 50 << 40] {
            let theirs = checksum_combine(CrcAlgorithm::Crc64Nvme, a, b, length);
            assert_eq!(Shift::by(length).apply(a) ^ b, theirs, "{length}");
        }
    }
}
