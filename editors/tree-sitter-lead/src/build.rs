//! Compiles the parser that tree-sitter generated, and the scanner beside it.

fn main() {
    let src = std::path::Path::new("src");
    let mut build = cc::Build::new();
    build
        .include(src)
        .std("c11")
        .flag_if_supported("-Wno-unused-parameter")
        .flag_if_supported("-Wno-unused-but-set-variable");
    for file in ["parser.c", "scanner.c"] {
        let path = src.join(file);
        println!("cargo:rerun-if-changed={}", path.display());
        build.file(path);
    }
    build.compile("tree-sitter-lead");
}
