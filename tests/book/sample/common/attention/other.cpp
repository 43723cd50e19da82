namespace llm {

namespace {

/// Another product.
double product(double a, double b) {
  return b * a;
}

}  // namespace

}  // namespace llm
