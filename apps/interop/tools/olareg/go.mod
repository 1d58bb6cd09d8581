module colophon.test/olareg

go 1.26

require github.com/olareg/olareg v0.2.2
