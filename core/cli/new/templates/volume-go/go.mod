module moby-origin/templates/volume-driver

go 1.19

require moby-origin/sdk v0.0.0

replace moby-origin/sdk => ../../../../../contracts/sdk/go
