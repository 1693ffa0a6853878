//! Names as Python keeps them inside a class.

/// A name as Python keeps it inside a class: `__x` of `Grid` is `_Grid__x`.
pub fn mangled(name: &str, class: Option<&str>) -> String {
    let bare = |class: &str| class.rsplit('.').next().unwrap_or_default().to_owned();
    let class = class.map(bare).unwrap_or_default();
    let class = class.trim_start_matches('_');
    if class.is_empty() || !name.starts_with("__") || name.ends_with("__") {
        name.to_owned()
    } else {
        format!("_{class}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_names_are_mangled_as_python_does() {
        assert_eq!(mangled("__x", Some("game.Grid")), "_Grid__x");
        assert_eq!(mangled("__x", Some("_Grid")), "_Grid__x");
        assert_eq!(mangled("__x", Some("__")), "__x");
        assert_eq!(mangled("__x__", Some("Grid")), "__x__");
        assert_eq!(mangled("__x", None), "__x");
    }
}
