//: # Scaled dot-product attention
//:
//: Attention that worked on four features makes up its mind too soon on sixty-four. Why?
//:
//: This section is not written yet. It will build on the self-attention of section 3.1.

void scaled_dot_product() {}
