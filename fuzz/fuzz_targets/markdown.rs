#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crossbrief_fuzz::markdown::run(data));
