# The two commands (README.md) and what stands behind them. Everything else: tools/dev help
.PHONY: run stop test test-deep lint bench
run:
	@tools/dev run
stop:
	@tools/dev stop
test:
	@tools/dev test
test-deep:
	@tools/dev test-deep
lint:
	@tools/dev lint
bench:
	@tools/dev bench
