//: # Residual connections
//:
//: Why does a network of sixty-four layers not learn, and what does one addition change?
//:
//: This section is not written yet. It will build on the layers of chapters 1 and 3.

void residual_connections() {}
