//! The link against real Mosquitto brokers.

mod acknowledge;
mod check;
mod connect;
mod filters;
mod owner;
mod publish;
mod redelivery;
mod scripted;
mod stall;
mod stop;
