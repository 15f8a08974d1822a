//! Cells of censuses and panels: what can be read is written again as the same counts.

use crate::input::Input;
use gj_kernels::{Baseline, put_cells, read_cells};
use gj_model::{Counts, Sex, Zone};

/// The number of classes, a place, for each class its sex and its people; then cells.
pub fn probe(bytes: &[u8]) {
    let mut input = Input(bytes);
    let classes = usize::from(input.byte() % 24);
    let zone = [Zone::Diploid, Zone::X, Zone::Y, Zone::Mt][usize::from(input.byte() % 4)];
    let sizes: Vec<(Sex, u32)> = (0..classes)
        .map(|_| {
            let byte = input.byte();
            let sex = [Sex::Female, Sex::Male, Sex::Unknown][usize::from(byte % 3)];
            (sex, if byte < 250 { u32::from(byte) + 1 } else { input.long() })
        })
        .collect();
    let baseline = Baseline::new(sizes.into_iter());
    let baseline = baseline.of(zone);
    let mut counts = vec![Counts::default(); classes];
    let mut next = 0;
    let read = read_cells(input.0, baseline, |class, found| {
        assert!(class >= next && class < classes, "classes out of order");
        next = class + 1;
        counts[class] = found;
    });
    if read.is_err() {
        return;
    }
    let mut bytes = Vec::new();
    put_cells(&counts, baseline, &mut bytes);
    let mut back = vec![Counts::default(); classes];
    let read = read_cells(&bytes, baseline, |class, found| back[class] = found);
    assert_eq!((read, &back), (Ok(()), &counts), "counts written again");
    let mut again = Vec::new();
    put_cells(&back, baseline, &mut again);
    assert_eq!(again, bytes, "equal counts give equal bytes");
}
