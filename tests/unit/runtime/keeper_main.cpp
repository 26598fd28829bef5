// What `atelier keep` is to the server, for the tests of the process driver.
#include "runtime/process.h"

int main(int argc, char** argv) { return atelier::runtime::KeeperMain(argc, argv); }
