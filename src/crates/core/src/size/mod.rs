//! Converts inventory and outcomes into workload and price.
