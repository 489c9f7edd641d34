"""The gRPC API: one module a service, and the only place where domain values become protobuf."""
