#![doc = include_str!("ARCHITECTURE.md")]

pub mod profile;

pub mod observation;

pub mod formats;

pub mod record;

pub mod analysis;

pub mod source;

pub mod plan;

pub mod generate;

pub mod doctor;

pub mod calibrate;

pub mod report;
