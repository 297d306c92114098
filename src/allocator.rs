//! What gives memory to the program, and to benches that measure it.

/// A build makes and drops many small strings on all threads at once, and keeps some of them to the end. Measured on 10,000
/// briefings: as fast as any, with an eighth less memory than the next (`docs/content/speed.md`).
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(not(unix))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
