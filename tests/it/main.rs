//! rustbound from the outside: the whole way with real programs, and the rules that hold the tree.

mod environment;
mod layers;
