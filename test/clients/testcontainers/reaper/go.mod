module moby-origin.test/reaper

go 1.19
