//: # GPU acceleration
//:
//: What can ten thousand threads do that two cannot?
//:
//: This section is not written yet. It will build on the matrix products of section 1.2.

void gpu_acceleration() {}
