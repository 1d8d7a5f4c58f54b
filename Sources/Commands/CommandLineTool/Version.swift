/// The version all four tools carry; they are built and released together.
package let toolVersion = "1.0.0"
