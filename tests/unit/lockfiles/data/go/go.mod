// A module with everything that go.mod can say.
module example.com/app

go 1.22.0

toolchain go1.22.5

godebug default=go1.21

require (
	example.com/direct v1.2.3
	example.com/forked v1.0.0
	"example.com/quoted" v0.1.0-rc.1
)

require (
	example.com/deep/v2 v2.0.0+incompatible // indirect
	example.com/local v0.0.0 // indirect; replaced below
	example.com/pseudo v0.0.0-20210630005230-0f9fa26af87c // indirect
)

require example.com/single v1.0.0 // used for its generator

exclude example.com/direct v1.2.2

replace (
	example.com/forked v1.0.0 => example.com/fork v1.0.1
	example.com/local => ./local
)

retract [v1.0.0, v1.0.5] // published by accident

tool example.com/single/cmd/gen
