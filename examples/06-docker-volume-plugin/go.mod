module example.org/foldervolumes

go 1.19
