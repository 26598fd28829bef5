#include "cli/cli.h"

int main(int argc, char** argv) { return atelier::cli::Main(argc, argv); }
