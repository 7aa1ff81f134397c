"""The Tryton connector, proved with what a real trytond answered."""
