//! `crossbrief serve`, tried from outside: the real program in a process of its own, spoken to over raw sockets.

mod alike;
mod answers;
mod crowd;
mod first;
mod hostile;
mod server;
mod watching;
