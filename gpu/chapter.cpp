//: # The GPU
//:
//: What changes when ten thousand threads multiply at once, and how do you read a kernel that runs
//: on a machine you do not have?
//:
//: This chapter is not written yet. It will build on the whole of the library, and it will run
//: without a GPU too, on an emulator of one that counts what each thread does.
