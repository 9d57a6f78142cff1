module moby-origin/sdk

go 1.19
