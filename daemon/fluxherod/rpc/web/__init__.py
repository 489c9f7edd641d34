"""The browser's way in: grpc-web, the dashboard's files, metrics and health over HTTP."""
