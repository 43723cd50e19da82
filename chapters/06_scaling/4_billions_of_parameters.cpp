//: # Inference up to billions of parameters
//:
//: How does a model of a billion weights run on the machine on your desk?
//:
//: This section is not written yet. It will build on the KV cache of section 5.6.

void billions_of_parameters() {}
