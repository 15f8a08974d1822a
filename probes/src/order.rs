//! Orders of haplotypes: whole, as a difference, and of format 2.

use crate::input::Input;
use crate::row;
use gj_kernels::Order;

/// `samples`, a seed of the order before (2 bytes), then an order.
pub fn probe(bytes: &[u8]) {
    let mut input = Input(bytes);
    let samples = usize::from(input.byte()) % 97;
    let base = row::order(samples, input.short() as u16);
    let bytes = input.0;
    for read in [
        Order::decode(bytes, samples, Some(&base)),
        Order::decode(bytes, samples, None),
        Order::decode_format_2(bytes, samples),
    ] {
        let Ok(order) = read else { continue };
        assert_eq!(order.samples(), samples);
        let mut places = order.places();
        places.sort_unstable();
        assert!(places.iter().copied().eq(0..samples as u32 * 2), "a place is missing");
        let whole = order.encode();
        assert_eq!(Order::decode(&whole, samples, None).as_ref(), Ok(&order), "whole");
        assert_eq!(Order::decode_format_2(&whole[1..], samples).as_ref(), Ok(&order), "format 2");
        let difference = order.encode_from(&base);
        assert_eq!(Order::decode(&difference, samples, Some(&base)).as_ref(), Ok(&order), "difference");
        assert!(Order::decode(&difference, samples, None).is_err(), "a difference from nothing");
        let other = row::order(samples + 1, 1);
        assert!(Order::decode(&difference, samples, Some(&other)).is_err(), "a difference from others");
    }
}
